"""``coatscreen run``: the main job."""

from __future__ import annotations

from typing import Annotated

import typer

from coatscreen import options
from coatscreen.forms import TEXT_TABLES, Format

_ROWS = 50  # of a table; thousands of coatings are no reading matter


def run(
    coatings: options.Coatings = None,
    candidates: options.Candidates = None,
    cathodes: options.Cathodes = None,
    electrolytes: options.Electrolytes = None,
    lithiation: options.Lithiation = None,
    voltage: options.Voltage = None,
    energies: options.ScreeningEnergies = None,
    doubtful: options.ScreeningDoubtful = None,
    store: options.ScreeningStore = None,
    workers: options.ScreeningWorkers = None,
    uncertainty: options.Uncertainty = False,
    samples: options.Samples = None,
    seed: options.SamplingSeed = None,
    against: options.Against = None,
    film_thickness_nm: options.FilmThickness = None,
    film_area_ratio: options.FilmArea = None,
    catalogue: options.Catalogue = None,
    config: options.Config = None,
    threshold: options.Thresholds = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the store's last unfinished run.")] = False,
    form: options.OutputFormat = Format.table,
    as_json: options.AsJson = False,
) -> None:
    """Screen coatings between cathodes and electrolytes and print the ranking.

    Without options: LiNbO3, LiTaO3, HfO2, Li2SO4 and Li3PO4 on NCM83 against Li6PS5Cl, with the packaged energies, into
    results/coatings. 'catalogue' in place of a name stands for all entries of the catalogue. Running again goes on
    where an interrupted run stopped.

    A composite is written 0.5Li2CO3+0.5LiNbO3: each phase meets both neighbours and the other phases. A glass is
    written 1.5Li2S-0.5P2S5-LiI and has the energy of the hull; any material 30 meV/atom above the hull, NAME@30meV.

    With --uncertainty all is computed again in samples of the energies, which takes as many times as long: intervals
    of 5 to 95 %, the probability that a coating passes the criteria and that it has each rank, and letters for
    coatings whose order the energies cannot decide.

    Example: coatscreen run --coatings LiNbO3,Li3BO3 --cathodes NCM622 --electrolytes Li6PS5Cl
    """
    given = options.given_options(locals())
    from coatscreen.forms import print_rows
    from coatscreen.output import note
    from coatscreen.rankings import print_ranking, print_rankings_json, rows
    from screening.common.errors import InputError
    from screening.common.progress import progress_bar
    from screening.criteria.criteria import with_thresholds
    from screening.database import CoatingDatabase, StoreLocation
    from workflows.run import run_screening, unfinished_request
    from workflows.settings import load_settings

    if resume:
        for name, value in {"config": config, "threshold": threshold, **given}.items():
            if value is not None:
                raise InputError(
                    f"--resume takes the interrupted run's own options; leave out --{name.replace('_', '-')}"
                )
        where = load_settings(store=store).store
        settings = load_settings(**unfinished_request(StoreLocation(where)), store=where, workers=workers)
    else:
        settings = load_settings(config, **given, store=store, workers=workers)
        criteria = with_thresholds(settings.criteria, options.read_thresholds(threshold or []))
        settings = settings.model_copy(update={"criteria": list(criteria)})
    with progress_bar("screening") as progress:
        finished = run_screening(settings, progress)
    outcome = finished.outcome
    note(
        f"{len(outcome.done)} jobs run, {len(outcome.already_done)} were done before, {len(outcome.failed)} failed; "
        f"database: {StoreLocation(settings.store).name}"
    )
    for name, why in finished.plan.failed.items():
        note(f"not screened: {name}: {why}")
    for name, reason in outcome.failed.items():
        note(f"failed: {name}: {reason}")
    with CoatingDatabase.open(settings.store) as database:
        headers = database.headers(run=finished.run.run_id)
        held = {name for header in headers for name in database.names(header.ranking_id)}
        earlier = held - {coating.name for coating in finished.plan.coatings}
        if earlier:
            note(f"the ranking holds {len(earlier)} more coatings, screened earlier into this database")
        if as_json or form is Format.json:
            found = ((header, database.coatings(header)) for header in headers)
            print_rankings_json(found, finished.plan.failed or None)
            return
        if form not in (Format.table, *TEXT_TABLES):
            print_rows(form, (row for header in headers for row in rows(header, database.lines(header))))
            return
        for header in headers:
            print_ranking(header, database.lines(header, top=_ROWS), form)
            more = database.count(ranking_id=header.ranking_id) - _ROWS
            if more > 0:
                note(f"{more} more coatings: coatscreen rank prints all, coatscreen query finds some")
