"""Print what changed between two sets of energies: ``python two_energies.py STORE``.

A coating that both have screened is printed if its tier or its rank is another; ``coatscreen runs compare`` has more.
"""

import sys
from itertools import combinations

from coatscreen import CoatingDatabase

SAME_PLACE = ("cathode", "electrolyte")


def main(store):
    """Print a line for each coating that moved: name, ranks, tiers and worst contacts in both."""
    with CoatingDatabase.open(store) as database:
        rankings = database.ranking()
    for one, other in combinations(rankings, 2):
        if [getattr(one, name) for name in SAME_PLACE] != [getattr(other, name) for name in SAME_PLACE]:
            continue
        print(f"# {one.cathode} against {one.electrolyte}: {one.energies.name}, and {other.energies.name}")
        there = {coating.coating: coating for coating in other.ranking}
        for here in one.ranking:
            now = there.get(here.coating)
            if now is not None and (here.rank, here.tier) != (now.rank, now.tier):
                scores = " -> ".join("-" if c.score is None else f"{c.score:.1f}" for c in (here, now))
                print(f"{here.coating}\trank {here.rank} -> {now.rank}\ttier {here.tier} -> {now.tier}\t{scores}")


if __name__ == "__main__":
    main(*sys.argv[1:])
