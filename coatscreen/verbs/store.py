"""``coatscreen store``: whether a database is whole, copies of it, and making it whole again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coatscreen.options import AsJson, Store
from coatscreen.verb_groups import VerbGroup

app = typer.Typer(
    cls=VerbGroup,
    help="A database as a whole: check it, copy it, repair it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def check(store: Store = "results/coatings", as_json: AsJson = False) -> None:
    """Read all of a database and name what is damaged; status 1 if anything is.

    Example: coatscreen store check
    """
    from coatscreen.output import print_json
    from screening.common.errors import StoreError
    from screening.database import StoreLocation
    from workflows.store_care import check

    found = check(StoreLocation(store))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        for damage in found.damaged:
            print(f"damaged: {damage}")
    if not found.whole:
        raise StoreError(
            f"{found.store} is damaged ({len(found.damaged)} faults): coatscreen store repair mends what can be"
        )
    if not as_json:
        print(f"{found.store} is whole: {_counted(found.documents)}")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of the copy, which must not hold a database.")],
    store: Store = "results/coatings",
) -> None:
    """Copy a database as it is at this moment, also while runs write to it.

    The copy is a database of its own: --store FOLDER reads it.

    Example: coatscreen store backup backups/monday
    """
    from coatscreen.output import note
    from screening.database import StoreLocation
    from screening.database.copies import backup

    written = backup(StoreLocation(store), folder)
    note(f"copied to {written.parent}, and the copy is whole")


@app.command()
def repair(store: Store = "results/coatings", as_json: AsJson = False) -> None:
    """Make a damaged database whole again from what is intact; the damaged file is kept beside it.

    Rankings are made again from the outputs of their jobs. What must be computed again is named.

    Example: coatscreen store repair
    """
    from coatscreen.output import print_json
    from screening.database import StoreLocation
    from workflows.store_care import repair

    done = repair(StoreLocation(store))
    if as_json:
        print_json(done.model_dump(mode="json"))
        return
    if not done.damaged:
        print(f"{done.store} is whole: nothing was done")
        return
    for damage in done.damaged:
        print(f"was damaged: {damage}")
    print(f"the damaged file is kept as {done.kept}")
    print(f"rankings made again from the outputs of jobs: {len(done.made_again)}")
    for name in done.to_run_again:
        print(f"jobs of the run {name!r} are lost: coatscreen run --resume computes them again, and these alone")
    for damage in done.lost:
        print(f"lost: {damage}")
    print(f"there are now {_counted(done.documents)}")
    print("what is missing comes back when the same request is run again; nothing that is there is computed again")


def _counted(documents: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in documents.items())
