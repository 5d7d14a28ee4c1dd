"""Print rankings from an embedded store with SQL alone: ``python plain_sql.py FOLDER``.

The table ``coatings.indexed`` has a column for each number and name; ``coatings.heavy`` holds the rest as JSON, by
the same key.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

QUESTION = """
SELECT i.cathode, i.electrolyte, i.rank, i.coating,
       i."window.reduction_limit_v", i."window.oxidation_limit_v"
FROM "coatings.indexed" AS i
WHERE i.tier <= 2 AND i.rank IS NOT NULL
ORDER BY i.cathode, i.electrolyte, i."energies.sha256", i.rank, i.coating
"""


def main(folder):
    """Print a line for each coating of the first two tiers, best first: cathode, electrolyte, rank, name, window."""
    [file] = Path(folder).glob("*.sqlite")
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
        for *names, low, high in database.execute(QUESTION):
            print(*names, *("-" if limit is None else f"{limit:.2f}" for limit in (low, high)), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
