"""Embedded databases that are damaged or cut: never answered from, and repaired."""

from __future__ import annotations

import random

import pytest
from fixtures_filled import FILE
from fixtures_screening import contents

from screening.database.sqlite import opening
from workflows import run_screening


def ask(verb, folder):
    return [
        verb(*words, "--store", str(folder)) for words in (["rank", "--json"], ["query"], ["runs", "list", "--json"])
    ]


def damage(file, kind, rng):
    """Flip a bit, anywhere or in the header, or cut the file."""
    data = bytearray(file.read_bytes())
    if kind == "cut":  # the list of tables is not always at the beginning
        data = data[: rng.choice([rng.randrange(1, len(data)), len(data) - rng.randrange(1, 20_000)])]
    else:
        place = rng.randrange(100 if kind == "header" else len(data))
        data[place] ^= 1 << rng.randrange(8)
    file.write_bytes(data)


@pytest.mark.parametrize("read_whole", [True, False], ids=["small", "large"])
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        *(("bit", 1), ("header", 1), ("cut", 1)),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("bit", 12), ("header", 4), ("cut", 4))),
    ],
)
def test_what_is_damaged_is_never_answered_from_and_is_repaired(
    filled, copied, verb, monkeypatch, kind, times, read_whole
):
    """Of a file too large to be read whole, the documents' own checksums must do."""
    if not read_whole:
        monkeypatch.setattr(opening, "CHECKED_WHOLE", 0)
    right, original = ask(verb, filled.store), (copied / FILE).read_bytes()
    n_refused = n_repaired = 0
    for seed in range(times):
        for left in copied.iterdir():
            left.unlink()
        (copied / FILE).write_bytes(original)
        damage(copied / FILE, kind, random.Random(f"{kind}{seed}"))
        damaged = (copied / FILE).read_bytes()
        is_whole = verb("store", "check", "--store", str(copied))[0] == 0
        for found, wanted in zip(ask(verb, copied), right, strict=True):
            assert found == wanted or "is damaged" in found[2] or "no SQLite database" in found[2]
            n_refused += found[0]
            assert found == wanted or not is_whole
        status, _, err = verb("store", "repair", "--store", str(copied))
        kept = list(copied.glob(f"{FILE}.damaged-*"))
        assert bool(kept) != is_whole
        if kept:
            assert kept[0].read_bytes() == damaged
        if status:
            assert "put a backup in its place" in err
            continue
        n_repaired += not is_whole
        assert verb("store", "check", "--store", str(copied))[0] == 0
        run_screening(filled.model_copy(update={"store": str(copied)}))  # computes what is lost
        assert contents(copied) == contents(filled.store)
    if times > 1:
        assert n_refused
        assert n_repaired
