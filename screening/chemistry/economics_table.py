"""Write the packaged table of prices and supply: ``python -m screening.chemistry.economics_table``.

The numbers are those of the installed pymatgen. They are packaged, since reading them from there takes longer than
screening a coating: 84 BibTeX entries are parsed for as many constants.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from screening.chemistry.economics import PACKAGED
from screening.chemistry.elements import ELEMENTS
from screening.files.content import write_whole

SOURCE = {
    "atomic_mass_u": "pymatgen.core.Element",
    "price_usd_per_kg": "pymatgen.analysis.cost, its table of elements: Wikipedia, Wolfram Alpha and others, September "
    "2013, US dollars of then",
    "hhi": "M. W. Gaultois et al., Chem. Mater. 25, 2911 (2013), as in pymatgen.analysis.hhi",
}


def table() -> dict[str, Any]:
    """Return the table: for each element its mass, its price, and the indices of production and reserves, or null."""
    from importlib.metadata import version

    from pymatgen.analysis.cost import CostAnalyzer, CostDBElements
    from pymatgen.analysis.hhi import HHIModel
    from pymatgen.core import Composition, Element

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # noble gases have no electronegativity, of which pymatgen warns
        prices, supply = CostAnalyzer(CostDBElements()), HHIModel()

    def price(symbol: str) -> float | None:
        try:
            return round(float(prices.get_cost_per_kg(Composition(symbol))), 9)
        except (ValueError, KeyError):
            return None

    rows = {s: [float(Element(s).atomic_mass), price(s), *supply.get_hhi(s)] for s in ELEMENTS}
    columns = ["atomic_mass_u", "price_usd_per_kg", "hhi_production", "hhi_reserve"]
    return {"source": SOURCE, "pymatgen": version("pymatgen"), "columns": columns, "elements": rows}


def text() -> str:
    """Return the table as the packaged file has it, one element a line."""
    made = table()
    rows = ",\n".join(f"    {json.dumps(symbol)}: {json.dumps(row)}" for symbol, row in made.pop("elements").items())
    return json.dumps(made, indent=2)[:-2] + f',\n  "elements": {{\n{rows}\n  }}\n}}\n'


if __name__ == "__main__":
    write_whole(PACKAGED, text())
    print(PACKAGED)
