"""Print which coatings react to products that conduct electrons: ``python conducting_products.py STORE [FORMULAS]``.

A layer of such products goes on reacting, since electrons pass it. Metals count as conductors; other conductors, such
as NiS and Co9S8, are named on the command line: what conducts is measured, and not computed here.
"""

import sys

from pymatgen.core import Composition

from coatscreen import CoatingDatabase


def is_metal(formula):
    """Return whether a product consists of metals alone."""
    return all(element.is_metal for element in Composition(formula))


def main(store, conductors=""):
    """Print a line for each contact at which conductors form: coating, cathode, electrolyte, contact, products."""
    named = {Composition(name).reduced_formula for name in conductors.split(",") if name}
    with CoatingDatabase.open(store) as database:
        for coating in database.search():
            for contact in coating["interfaces"]:
                products = contact["reaction"]["mutual"]["products"] if contact["reaction"] else {}
                found = [p for p in products if is_metal(p) or Composition(p).reduced_formula in named]
                if found:
                    state = contact["cathode_state"] or contact["reservoir_state"] or "closed"
                    where = f"{contact['contact']}, {state}"
                    print(coating["coating"], coating["cathode"], coating["electrolyte"], where, *found, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
