"""Print the ten coatings that react least at a charging voltage: ``python best_at_voltage.py STORE VOLTAGE``.

At that voltage, V against Li/Li+, a coating meets the cathode and the electrolyte open to lithium; the worse of the two
contacts counts. Of a store that holds several rankings each is printed.
"""

import sys

from coatscreen import CoatingDatabase

NEAR_V = 1e-3


def worst_at(coating, voltage_v):
    """Return the worst mutual energy at a voltage, meV per non-lithium atom; None if no contact is open there."""
    energies = [
        contact.mutual_mev
        for contact in coating.interfaces
        if contact.lithium is not None and abs(contact.lithium.voltage_v - voltage_v) < NEAR_V
    ]
    return None if not energies or None in energies else min(energies)


def main(store, voltage):
    """Print a line for each coating: the worst energy, its oxidation limit, its name."""
    voltage_v = float(voltage)
    with CoatingDatabase.open(store) as database:
        for ranking in database.ranking():
            found = [(worst_at(coating, voltage_v), coating) for coating in ranking.ranking]
            known = sorted((pair for pair in found if pair[0] is not None), key=lambda pair: -pair[0])
            print(f"# {ranking.cathode} against {ranking.electrolyte}, {ranking.energies.name}, at {voltage_v:g} V")
            if not known:
                print(f"# no contact is open at {voltage_v:g} V: coatscreen run --voltage {voltage_v:g}")
            for energy, coating in known[:10]:
                limit = None if coating.window is None else coating.window.oxidation_limit_v
                print(f"{energy:.1f}\t{'none' if limit is None else f'{limit:.2f}'}\t{coating.coating}")


if __name__ == "__main__":
    main(*sys.argv[1:])
