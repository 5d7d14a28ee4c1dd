"""Put the tables of a funnel into docs/candidates.md.

coatscreen candidates --doubtful keep --json > lithium.json
coatscreen candidates --transition-metals --doubtful keep --json > all_metals.json
python docs/make_candidates.py lithium.json all_metals.json
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.searches.candidates.candidate_documents import CandidatesDocument

PAGE = Path(__file__).parent / "candidates.md"
BEST = 50
PUBLISHED = (  # Xiao et al., Joule 2019, 3, 1252, and the usual reference coatings
    "LiPO3",
    "LiTi2(PO4)3",
    "LiH2PO4",
    "LiBa(B3O5)3",
    "LiLa(PO3)4",
    "LiCs(PO3)2",
    "LiZr2(PO4)3",
    "LiSr(B3O5)3",
    "Li3B7O12",
    "Li2Al(BO2)5",
    "Li3PO4",
    "LiAlSiO4",
    "LiF",
)


def key(formula: str) -> tuple[tuple[str, float], ...]:
    """Return what equal compositions share."""
    return tuple(sorted((e, round(x, 6)) for e, x in atomic_fractions(parse_formula(formula)).items()))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def funnel(documents: list[CandidatesDocument]) -> str:
    """Put the steps of several funnels side by side."""
    names = list(dict.fromkeys(step.name for document in documents for step in document.funnel))
    names.sort(key=lambda name: [step.name for step in documents[0].funnel].index(name))
    left = [{step.name: step for step in document.funnel} for document in documents]
    rows = []
    for name in names:
        steps = [steps.get(name) for steps in left]
        anions = ", ".join(f"{n} {a}" for a, n in list(steps[0].by_polyanion.items())[:4]) if steps[0] else ""
        rows.append([name, *("" if step is None else str(step.left) for step in steps), anions])
    return table(["step", "left", "left, transition metals allowed", "complex anions (first column)"], rows)


def best(document: CandidatesDocument) -> str:
    """List the best candidates."""
    rows = []
    for place, candidate in enumerate(document.candidates[:BEST], start=1):
        q = candidate.quantities
        rows.append(
            [
                str(place),
                candidate.formula,
                candidate.source_id,
                " ".join(candidate.polyanions) or candidate.chemistry_class,
                f"{q['energy_above_hull_mev_per_atom']:.1f}",
                f"{q['reduction_limit_v']:.2f} to {q['oxidation_limit_v']:.2f}",
                *(f"{q[f'mutual_{c}_mev_per_atom']:.0f}" for c in ("cathode_full", "cathode_half", "electrolyte")),
            ]
        )
    head = ["", "compound", "phase", "kind", "above hull", "window (V)", "cathode full", "half", "electrolyte"]
    return table(head, rows)


def published(document: CandidatesDocument) -> str:
    """Say where published coatings come."""
    places = {key(candidate.formula): place for place, candidate in enumerate(document.candidates, start=1)}
    rows = [[formula, str(places.get(key(formula), "not left"))] for formula in PUBLISHED]
    return table(["coating", f"place among {len(places)}"], rows)


def unbalanced(document: CandidatesDocument) -> str:
    """Name the survivors that no oxidation states balance."""
    found = [c.formula for c in document.candidates if check_charge_balance(parse_formula(c.formula))]
    return f"{len(found)} of {len(document.candidates)}" + (f": {', '.join(found)}" if found else "")


def main() -> None:
    """Fill in the parts of the page that stand between markers."""
    documents = [CandidatesDocument.model_validate_json(Path(file).read_bytes()) for file in sys.argv[1:]]
    wider = documents[-1]
    made = {
        "energies": f"{wider.energies.name} {wider.energies.version}, {wider.energies.n_phases} phases.",
        "funnel": funnel(documents),
        "best": best(wider),
        "published": published(wider),
        "unbalanced": unbalanced(wider),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, part in made.items():
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"{marks[0]}.*?{marks[1]}", lambda _, m=marks, p=part: f"{m[0]}\n{p}\n{m[1]}", text, flags=re.S)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
