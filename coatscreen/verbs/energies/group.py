"""The group of verbs ``coatscreen energies``."""

from __future__ import annotations

import typer

from coatscreen.verb_groups import VerbGroup
from coatscreen.verbs.energies import add, deciding, imports, missing, orderings, vacancies

app = typer.Typer(
    cls=VerbGroup,
    help="Your own energies: of structures, and of finished calculations.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("order")(orderings.order)
app.command("vacancies")(vacancies.vacancies)
app.command("missing")(missing.missing)
app.command("deciding")(deciding.deciding)
app.command("add")(add.add)
app.command("import")(imports.import_)
