"""Time the funnel of candidates stage by stage: ``python benchmarks/candidates.py [--any] [--workers 2]``.

Processor time of this process and its children is printed beside the time on the clock, which other programs lengthen.
"""

from __future__ import annotations

import argparse
import resource
import time

from screening.criteria.criteria import default_criteria
from screening.energies.source import energy_source
from screening.materials.catalogue import Catalogue
from screening.searches.candidates.candidate_documents import Neighbours, Selection
from screening.searches.candidates.candidates import screen_candidates


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--any", action="store_true")
    parser.add_argument("--transition-metals", action="store_true")
    parser.add_argument("--until", default=None)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    known = Catalogue.load()
    began = time.perf_counter()
    found = screen_candidates(
        energy_source("reference"),
        Selection(any=options.any, transition_metals=options.transition_metals),
        default_criteria(),
        Neighbours(cathode=known.cathode("NCM83"), electrolyte=known.electrolyte("Li6PS5Cl")),
        options.until,
        options.workers,
    )
    for step in found.funnel:
        print(f"{step.left:7} {step.name}")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{time.perf_counter() - began:.1f} s on the clock, {sum(u.ru_utime + u.ru_stime for u in usage):.1f} s of "
        f"processors, at most {max(u.ru_maxrss for u in usage) / 1024:.0f} MB in a process"
    )


if __name__ == "__main__":
    main()
