"""Put what an atlas shows into docs/atlas.md, docs/atlas.png and results/atlas.json.

coatscreen atlas build --output atlas.parquet
python docs/make_atlas.py atlas.parquet
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from coatscreen import Atlas
from screening.atlas.atlas_documents import AtlasDocument
from screening.atlas.class_map import class_map
from screening.atlas.columns import AtlasFile
from screening.atlas.parts import describe
from screening.figures import STYLE
from screening.figures.canvas import label
from screening.figures.class_map import draw_class_map

HERE = Path(__file__).parent
PAGE, PICTURE, RELEASE = HERE / "atlas.md", HERE / "atlas.png", HERE.parent / "results" / "atlas.json"
BEST = 10
NEIGHBOURS: dict[str, dict[str, Any]] = {
    "NCM83, Li6PS5Cl": {"cathodes": ["NCM83"], "electrolytes": ["Li6PS5Cl"]},
    "every NCM, Li6PS5Cl": {"cathodes": ["NCM*"], "electrolytes": ["Li6PS5Cl"]},
    "every NCM, every thiophosphate": {"cathodes": ["NCM*"], "electrolytes": ["thiophosphate"]},
    "every NCM, every halide": {"cathodes": ["NCM*"], "electrolytes": ["halide"]},
    "every NCM, thiophosphates and halides": {"cathodes": ["NCM*"], "electrolytes": ["thiophosphate", "halide"]},
    "every cathode, Li6PS5Cl": {"cathodes": ["*"], "electrolytes": ["Li6PS5Cl"]},
    "every cathode, every electrolyte": {"cathodes": ["*"], "electrolytes": ["*"]},
}
ASKED = "every NCM, thiophosphates and halides"
OPEN = {"worst_contact_mev_per_closed_atom": -100.0}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def counts(atlas: Atlas) -> str:
    """Count the coatings that pass, for neighbours that are more and more."""
    rows = []
    for name, met in NEIGHBOURS.items():
        asked = {**met, "passing": True, "top": 1}
        found = [
            atlas.ask(**asked, voltages_v=[]),
            atlas.ask(**asked, thresholds=OPEN),
            atlas.ask(**asked, thresholds=OPEN, elements=["Li"]),
            atlas.ask(**asked, thresholds=OPEN, without_products=["conducting"]),
        ]
        rows.append([name, *(str(one.n_found) for one in found)])
    return table(
        ["neighbours", "pass all criteria", "and react by no more than 100 meV open", "of these with lithium",
         "of all these: no conducting product"],
        rows,
    )  # fmt: skip


def best(atlas: Atlas, **asked: Any) -> str:
    """List the best coatings for several neighbours at once."""
    answer = atlas.ask(**NEIGHBOURS[ASKED], passing=True, top=BEST, **asked)
    rows = []
    for one in answer.ranking:
        q, worst = one.quantities, one.worst_contact
        oxidised = q["oxidation_limit_v"]
        met = "" if worst is None else f"{worst.neighbour} {worst.state or ''} ".replace("  ", " ")
        at = "" if worst is None else "closed" if worst.voltage_v is None else f"{worst.voltage_v:g} V"
        rows.append(
            [
                str(one.rank),
                one.coating,
                one.chemistry_class,
                f"{q['worst_contact_mev_per_closed_atom']:.0f}",
                f"{q['worst_mutual_mev_per_atom']:.0f}",
                f"{q['reduction_limit_v']:.2f} to {'none' if oxidised is None else f'{oxidised:.2f}'}",
                "" if q["raw_material_cost_usd_per_kg"] is None else f"{q['raw_material_cost_usd_per_kg']:.0f}",
                met + at,
            ]
        )
    head = ["", "coating", "class", "worst", "worst closed", "window (V)", "USD/kg", "reacts most with"]
    return table(head, rows)


def without_conductors(atlas: Atlas) -> str:
    """Count the coatings that form no conducting product with Li6PS5Cl, class by class."""
    everything = atlas.ask(electrolytes=["Li6PS5Cl"])
    none = atlas.ask(electrolytes=["Li6PS5Cl"], without_products=["conducting"])
    kinds = [one.chemistry_class for one in everything.ranking]
    left = [one.chemistry_class for one in none.ranking]
    rows = [[kind, str(kinds.count(kind)), str(left.count(kind))] for kind in sorted(set(kinds), key=kinds.count)[::-1]]
    rows.append(["all", str(len(kinds)), str(len(left))])
    return table(["class", "coatings", "form no conducting product with Li6PS5Cl"], rows)


def summary(document: AtlasDocument) -> str:
    """Say in two sentences what the file holds."""
    voltages = ", ".join(f"{voltage:g}" for voltage in document.voltages_v)
    energies = document.energies
    return (
        f"{document.n_contacts:,} contacts of {document.n_coatings:,} coatings with {document.n_neighbours} "
        f"neighbours, closed and at {voltages} V, in {document.n_bytes / 1e6:.0f} MB "
        f"({document.bytes_per_contact:.1f} bytes a contact); {document.n_missing} could not be computed. "
        f"Energies: {energies.name}, version {energies.version}, "
        f"{energies.n_phases:,} phases."
    )


def draw(file: Path) -> None:
    """Draw the classes of coatings against the neighbours, closed and at the highest voltage."""
    with AtlasFile(file) as atlas, rc_context(fname=STYLE):
        highest = max(atlas.header.voltages_v)
        figure = Figure(figsize=(7.0, 5.6), dpi=200, layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        draw_class_map(upper, class_map(atlas), named=False)
        draw_class_map(lower, class_map(atlas, highest))
        upper.set_title("closed, meV/atom", fontsize=7)
        lower.set_title(f"open to lithium at {label(f'{highest:g}')} V, meV per non-Li atom", fontsize=7)
        figure.savefig(PICTURE, metadata={"Software": None})


def main() -> None:
    """Fill in the parts of the page that stand between markers."""
    file = Path(sys.argv[1])
    document = describe(file)
    with Atlas(file) as atlas:
        made = {
            "file": summary(document),
            "counts": counts(atlas),
            "best": best(atlas),
            "best with lithium": best(atlas, elements=["Li"]),
            "conducting": without_conductors(atlas),
        }
    text = PAGE.read_text(encoding="utf-8")
    for name, part in made.items():
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"{marks[0]}.*?{marks[1]}", lambda _, m=marks, p=part: f"{m[0]}\n{p}\n{m[1]}", text, flags=re.S)
    PAGE.write_text(text, encoding="utf-8")
    draw(file)
    released = {**document.model_dump(mode="json"), "file": file.name}
    RELEASE.write_text(json.dumps(released, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
