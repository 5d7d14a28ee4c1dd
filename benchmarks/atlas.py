"""Time an atlas, and what a larger one would cost: ``python benchmarks/atlas.py [--coatings 1000] [--energies NAME]``.

Computes the contacts of some coatings, blocks taken evenly from all, and joins them in two parts. Processor times, of
one process; the last lines are multiples of these figures.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from coatscreen import Atlas
from screening.atlas.atlas_request import plan_atlas
from screening.atlas.parts import merge_parts, write_part

T = TypeVar("T")
LARGE = 10**8
N_DOCUMENTS = 50
BLOCK = 50  # neighbours in the order of chemical systems, as in a whole atlas


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coatings", type=int, default=1000)
    parser.add_argument("--energies", default="reference")
    options = parser.parse_args()
    plan, planning = timed(lambda: plan_atlas(options.energies))
    phases = plan.energies.open()
    _, hull = timed(lambda: phases.shelved.on_hull)
    starts = range(0, len(plan.coatings), max(1, len(plan.coatings) * BLOCK // options.coatings))
    coatings = [one for start in starts for one in plan.coatings[start : start + BLOCK]]
    common = (plan.energies, plan.neighbours, plan.voltages_v)
    with tempfile.TemporaryDirectory() as folder:
        half = len(coatings) // 2
        parts, computing = timed(
            lambda: [write_part(*common, some, folder) for some in (coatings[:half], coatings[half:])]
        )
        file = str(Path(folder) / "atlas.parquet")
        document, joining = timed(lambda: merge_parts(*common, {}, parts, file))
        with Atlas(file) as atlas:
            _, asking = timed(lambda: atlas.ask(top=20))
            _, documents = timed(
                lambda: [atlas.interface(one, "Li6PS5Cl").document() for one in coatings[:N_DOCUMENTS]]
            )
    n, size = document.n_contacts, document.bytes_per_contact
    each, joined = 1e6 * computing / n, 1e6 * joining / n
    print(f"plan: {planning:.1f} s, phases on the hull: {hull:.1f} s; {plan.n_contacts} contacts in all")
    print(f"{n} contacts: {each:.1f} us each, written; joining {joined:.1f} us each; {size} bytes each")
    print(f"a question of {document.n_coatings} coatings: {asking:.2f} s")
    print(f"a whole document: {1e3 * documents / N_DOCUMENTS:.1f} ms")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB at most")
    for name, many in (("all of these energies", plan.n_contacts), ("a hundred million", LARGE)):
        seconds = planning + hull + many * (each + joined) / 1e6
        print(
            f"{name}, {many} contacts: {seconds:.0f} s of one core, or {seconds / 3600:.2f} h, of which one job joins "
            f"for {many * joined / 1e6:.0f} s; {many * size / 1e9:.2f} GB"
        )


if __name__ == "__main__":
    main()
