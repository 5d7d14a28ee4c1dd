"""Time the search for stacks: ``python benchmarks/stack.py [--candidates FILE] [--open] [--top 10] [--workers 2]``.

Without a file: the coatings of the catalogue. Three thousand candidates are made by
``coatscreen candidates --transition-metals --until stable --output stable.csv``. Each part is timed on the clock, which
other programs lengthen; processor time of this process and its children stands at the end.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time

from screening.searches.screening_request import CATALOGUE
from screening.searches.stacks.stack_documents import Ensemble
from screening.searches.stacks.stack_request import plan_stacks
from workflows.stack import find_stacks


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candidates", default=None)
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()
    coatings = [] if options.candidates else [CATALOGUE]
    plan = plan_stacks(coatings, "NCM83", "Li6PS5Cl", candidates=options.candidates)
    finished_at: dict[str, float] = {}

    def progress(finished: int, total: int, name: str) -> None:
        finished_at[name] = time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        ranked_by: Ensemble = "open" if options.open else "closed"
        found, _ = find_stacks(plan, folder, ranked_by, options.top, options.workers, progress)
    outer = max(when for name, when in finished_at.items() if not name.startswith("best_stacks"))
    everything = max(finished_at.values())
    print(f"{found.n_coatings} coatings, {found.n_pairs} stacks of two, {found.n_pairs_computed} pairs computed")
    print(f"planned and outer contacts after {outer:.1f} s, stacks after {everything:.1f} s")
    for stacks in (found.one_layer, found.two_layers):
        for stack in stacks[:3]:
            closed, opened = stack.closed.worst_mutual_mev_per_atom, stack.open.worst_mutual_mev_per_closed_atom
            print(f"{stack.rank} {' | '.join(layer.coating for layer in stack.layers)} {closed:.1f} {opened:.1f}")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{sum(u.ru_utime + u.ru_stime for u in usage):.1f} s of processors, at most "
        f"{max(u.ru_maxrss for u in usage) / 1024:.0f} MB in a process"
    )


if __name__ == "__main__":
    main()
