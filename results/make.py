"""Make what lies in this folder again: ``python results/make.py``.

Runs the default screening with samples of the energies into a fresh database, writes its ranking as a table, JSON and
CSV, and draws it; and runs ``coatscreen reproduce``, which writes the results of the source papers.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np

from coatscreen import CoatingDatabase, Interface, PhaseSet
from screening.coatings.ranking import RankingDocument
from screening.criteria.quantities import contact_quantity, is_open
from screening.materials.catalogue import Catalogue

mpl.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent


def coatscreen(*arguments: str) -> str:
    """Run the program and return what it prints."""
    command = [sys.executable, "-m", "coatscreen", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def draw(ranking: RankingDocument, path: Path) -> None:
    """Draw the closed mutual energies by contact with their intervals, and the profiles of three interfaces."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(3, 2))
    coatings = ranking.ranking
    places = np.arange(len(coatings))
    parts = [part for part in coatings[0].score_parts if not is_open(part)]
    for number, part in enumerate(parts):
        values = [coating.score_parts[part] or 0.0 for coating in coatings]
        left.bar(places + 0.27 * (number - 1), values, width=0.25, label=f"coating | {part}")
        for place, coating in zip(places, coatings, strict=True):
            name = contact_quantity(part)
            interval = coating.uncertainty.intervals[name] if coating.uncertainty else None
            if interval is not None:
                left.vlines(place + 0.27 * (number - 1), interval.low, interval.high, color="dimgray", linewidth=1.2)
    left.plot([], [], color="dimgray", linewidth=1.2, label="5 to 95 % of the samples")
    bare = ranking.bare_interface
    assert bare is not None
    for contact, style in zip(bare.interfaces[:2], ("--", ":"), strict=True):
        left.axhline(contact.mutual_mev, color="black", linestyle=style, label=f"bare, {contact.cathode_state}")
    left.set_xticks(places, [coating.coating for coating in coatings])
    left.set_ylabel("mutual reaction energy (meV/atom)")
    left.set_title(f"{ranking.cathode} against {ranking.electrolyte}, closed")
    left.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0.01, 0.38))
    phases, cathode = PhaseSet.reference(), Catalogue.load().cathode(ranking.cathode)
    pairs = [(cathode.formula("full"), "Li6PS5Cl"), (cathode.formula("half"), "Li6PS5Cl"), ("LiNbO3", "Li6PS5Cl")]
    for (a, b), label in zip(pairs, (f"{cathode.name} full", f"{cathode.name} half", "LiNbO3"), strict=True):
        profile = Interface(phases, a, b).profile()
        right.plot(profile.x, 1000 * profile.mutual, marker=".", label=f"{label} | {b}")
    right.set_xlabel("fraction of the atoms from the first material")
    right.set_ylabel("mutual reaction energy (meV/atom)")
    right.set_title("every kink of the profile")
    right.legend(fontsize=8, loc="center", bbox_to_anchor=(0.58, 0.6))
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})


def main() -> None:
    """Run the screening and write the files."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "coatings")
        (HERE / "ranking.txt").write_text(coatscreen("run", "--uncertainty", "--store", store))
        (HERE / "ranking.json").write_text(coatscreen("rank", "--store", store, "--format", "json"))
        (HERE / "ranking.csv").write_text(coatscreen("rank", "--store", store, "--format", "csv"))
        with CoatingDatabase.open(store) as database:
            draw(database.ranking()[0], HERE / "ranking.png")
    coatscreen("reproduce", "--output", str(HERE))


if __name__ == "__main__":
    main()
