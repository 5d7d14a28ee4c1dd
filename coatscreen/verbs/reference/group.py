"""The group of verbs ``coatscreen reference``."""

from __future__ import annotations

import typer

from coatscreen.verb_groups import VerbGroup
from coatscreen.verbs.reference import anchor, barriers, calibrate, check, info

app = typer.Typer(
    cls=VerbGroup,
    help="The packaged energies: what they are, and making them again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("check")(check.check)
app.command("build")(info.build)
app.command("anchor")(anchor.anchor)
app.command("barriers")(barriers.barriers)
app.command("info")(info.info)
app.command("calibrate")(calibrate.calibrate)
