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

from coatscreen import CoatingDatabase, Interface, PhaseSet
from screening.coatings.ranking import RankingDocument
from screening.figures import STYLE, draw_profile, draw_ranking
from screening.materials.catalogue import Catalogue

mpl.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent


def coatscreen(*arguments: str) -> str:
    """Run the program and return what it prints."""
    command = [sys.executable, "-m", "coatscreen", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def draw(ranking: RankingDocument, path: Path) -> None:
    """Draw the ranking with its intervals, and the profiles of three interfaces."""
    phases, cathode = PhaseSet.reference(), Catalogue.load().cathode(ranking.cathode)
    pairs = [(cathode.formula("full"), "Li6PS5Cl"), (cathode.formula("half"), "Li6PS5Cl"), ("LiNbO3", "Li6PS5Cl")]
    profiles = [Interface(phases, a, b).document() for a, b in pairs]
    with plt.style.context(STYLE):
        figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 3.8), width_ratios=(3, 2), layout="constrained")
        draw_ranking(left, ranking.ranking, ranking.bare_interface)
        draw_profile(right, *profiles)
        figure.savefig(path, dpi=130, metadata={"Software": None})


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
