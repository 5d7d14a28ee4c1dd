"""``coatscreen plot``: results as pictures for a paper."""

from __future__ import annotations

import typer

from coatscreen.verb_groups import VerbGroup
from coatscreen.verbs.plot.materials import anneal, oxygen, profile, staircase, sweep, voltage, window
from coatscreen.verbs.plot.results import heatmap, parity, ranking, vacancies

app = typer.Typer(
    cls=VerbGroup,
    help="Pictures of results at the size of a journal's column: PDF, PNG or SVG.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _kind in (profile, window, voltage, staircase, sweep, anneal, oxygen, ranking, heatmap, vacancies, parity):
    app.command()(_kind)
