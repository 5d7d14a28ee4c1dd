"""Print the coatings that serve two electrolytes: ``python two_electrolytes.py STORE ELECTROLYTE ELECTROLYTE``.

They pass all criteria against both, or are unknown in some. They are ordered by the worse of their two worst contacts.
"""

import sys

from coatscreen import CoatingDatabase

SERVES = [1, 2]  # tiers: all criteria passed; some unknown


def main(store, first, second):
    """Print a line for each coating, cathode and set of energies: the worse worst contact, its tiers, its name."""
    serving = []
    with CoatingDatabase.open(store) as database:
        sides = [
            {
                (one["coating"], one["cathode"], one["energies"]["sha256"]): one
                for one in database.search(electrolyte=electrolyte, filter={"tier": {"$in": SERVES}})
            }
            for electrolyte in (first, second)
        ]
    for key in sides[0].keys() & sides[1].keys():
        pair = [side[key] for side in sides]
        energies = [one["score"] for one in pair]
        if None not in energies:
            serving.append((min(energies), key, [one["tier"] for one in pair], pair[0]["energies"]["name"]))
    for energy, (coating, cathode, _), tiers, name in sorted(serving, key=lambda one: (-one[0], one[1])):
        print(f"{energy:.1f}\ttiers {tiers[0]} and {tiers[1]}\t{coating}\t{cathode}\t{name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
