"""Time ``coatscreen rank`` and ``query`` of many coatings: ``python benchmarks/rank.py [--coatings 50000]``.

One coating is screened, and its document is written into the database again and again under other names and with other
numbers. The time is that of the whole command in a process of its own, on the clock and of the processor. A folder that
is given is kept, and used as it is if it is there.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screening.database import StoreLocation
from screening.database.stores import write_all
from workflows import run_screening
from workflows.settings import load_settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coatings", type=int, default=50_000)
    parser.add_argument("--store", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or Path(folder) / "db"
        if not store.exists():
            fill(store, options.coatings)
        for form in ("csv", "table", "json"):
            measure(["rank", "--store", str(store), "--format", form])
        measure(["query", "--store", str(store), "--fields", "coating,rank,window.oxidation_limit_v"])
        some = [
            "--filter",
            '{"oxidation_limit_v": {"$gt": 3}}',
            "--limit",
            "20",
            "--fields",
            "coating,oxidation_limit_v",
        ]
        measure(["query", "--store", str(store), *some])
        measure(["rank", "--store", str(store), "--format", "csv", "--sort", "cost", "--top", "20"])


def fill(store: Path, coatings: int) -> None:
    """Make a database of so many coatings of one ranking."""
    began = time.perf_counter()
    run_screening(load_settings(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"], store=str(store)))
    opened = StoreLocation(store).open("coatings")
    write_all(opened, documents(opened.query_one({}), coatings), key="key")
    opened.close()
    print(f"{coatings} coatings written in {time.perf_counter() - began:.0f} s")


def documents(one: dict[str, Any], coatings: int) -> Iterator[dict[str, Any]]:
    """Yield documents like one, of other names and numbers."""
    chance = random.Random(0)
    for number in range(coatings):
        values = {name: None if value is None else value * chance.random() for name, value in one["quantities"].items()}
        yield {
            **one,
            "key": f"made up {number}",
            "coating": f"coating {number}",
            "rank": 1 + number,
            "quantities": values,
            "compared": values,
            "worst_mutual_mev_per_atom": values["worst_mutual_mev_per_atom"],
        }


def measure(arguments: list[str]) -> None:
    """Run a command and print how long it takes and how much memory."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "coatscreen", *arguments], stdout=subprocess.PIPE) as process:
        size = sum(len(part) for part in iter(lambda: process.stdout.read(1 << 16), b""))  # type: ignore[union-attr]
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    print(
        f"{' '.join(arguments)}: {time.perf_counter() - began:.1f} s on the clock, "
        f"{usage.ru_utime + usage.ru_stime:.1f} s of processor, {usage.ru_maxrss / 1024:.0f} MB, "
        f"{size / 1e6:.1f} MB printed"
    )


if __name__ == "__main__":
    main()
