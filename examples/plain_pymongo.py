"""Print rankings from MongoDB with pymongo alone: ``python plain_pymongo.py mongodb://host/database``.

The collection ``coatings`` holds a document for each coating, cathode, electrolyte and set of energies.
"""

import sys

from pymongo import MongoClient


def main(uri):
    """Print a line for each coating of the first two tiers, best first: cathode, electrolyte, rank, name, window."""
    with MongoClient(uri) as client:
        coatings = client.get_default_database()["coatings"]
        wanted = {"tier": {"$lte": 2}, "rank": {"$ne": None}}
        fields = ["cathode", "electrolyte", "rank", "coating", "window.reduction_limit_v", "window.oxidation_limit_v"]
        order = [("cathode", 1), ("electrolyte", 1), ("energies.sha256", 1), ("rank", 1), ("coating", 1)]
        for doc in coatings.find(wanted, fields).sort(order):
            window = doc["window"] or {}
            limits = [window.get("reduction_limit_v"), window.get("oxidation_limit_v")]
            shown = ["-" if one is None else f"{one:.2f}" for one in limits]
            print(doc["cathode"], doc["electrolyte"], doc["rank"], doc["coating"], *shown, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
