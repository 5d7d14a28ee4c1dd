"""``coatscreen serve``: a database in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import OnlyCathode, OnlyElectrolyte, RunName, Store

if TYPE_CHECKING:
    from coatscreen.serve.site import Page


def serve(
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    host: Annotated[
        str, typer.Option(help="Address to serve at. Another than this machine's own lets others read all of it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = 8001,
    energies: Annotated[
        str | None,
        typer.Option(help="The energies of the ranking, for the profiles; by default packaged ones are recognised."),
    ] = None,
    optimade: Annotated[
        bool, typer.Option("--optimade", help="Serve the coatings to programs that ask by OPTIMADE, too.")
    ] = False,
    store: Store = "results/coatings",
) -> None:
    """Show a database in the browser: the report, tables to filter, and any interface. Ctrl-C ends it.

    A copy is served, as the database is now; it is never written to. It needs the extra 'browse', with --optimade the
    extra 'optimade'.

    Example: coatscreen serve --port 0

    Example: coatscreen serve --optimade
    """
    import shlex
    import tempfile
    from pathlib import Path

    from coatscreen.output import note
    from coatscreen.report.app.app_data import interface_page
    from coatscreen.report.page import page
    from coatscreen.report.store_report import store_report
    from coatscreen.serve.flat_tables import write_tables
    from coatscreen.serve.optimade_entries import entries, provider_fields
    from coatscreen.serve.optimade_server import PATH, optimade_app, require_optimade
    from coatscreen.serve.server import LOOPBACK, TABLES, listening, require_server, site, until_ended
    from coatscreen.serve.server import serve as serve_pages
    from coatscreen.verbs.database import rankings_asked
    from screening.database import CoatingDatabase, StoreLocation
    from screening.energies.source import REFERENCE, is_packaged, open_energies

    require_server()
    if optimade:
        require_optimade()
    listener = listening(host, port)
    with until_ended(), tempfile.TemporaryDirectory(prefix="coatscreen-serve-") as folder, listener:
        location = StoreLocation(store)
        file = Path(folder) / f"{TABLES.strip('/')}.db"
        with CoatingDatabase.open(location) as database:
            headers = rankings_asked(database, cathode, electrolyte, run)
            command = shlex.join(["coatscreen", "serve", "--store", database.location.name])
            report = store_report(database, headers, command, energies=energies)
            write_tables(database, headers, file)
            coatings = list(entries(database, headers)) if optimade else []
            quantities = {name for header in headers for line in database.lines(header) for name in line["quantities"]}
            named = [str(known.request.get("energies")) for known in database.runs()]
        links = {
            TABLES: "tables",
            "/interfaces": "any interface",
            **({f"{PATH}/v1/structures": "OPTIMADE"} if optimade else {}),
        }
        source = energies or next((one for one in named if is_packaged(one)), REFERENCE)
        made_by = shlex.join(["coatscreen", "report", "--app", "interfaces.html", "--energies", source])
        pages: dict[str, Page] = {
            "/": page(report, links),
            "/interfaces": lambda: interface_page(source, open_energies(source), made_by),
        }
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        fields = provider_fields(quantities)
        mounted = {PATH: optimade_app(coatings, fields, address, Path(folder))} if optimade else {}
        app = site(file, f"Cathode coatings: {location.name}", pages, host, mounted)
        note(f"{address}/ shows {location.name} as it is now; Ctrl-C ends it")
        if optimade:
            note(f"{address}{PATH}/v1/structures answers by OPTIMADE")
        if host not in LOOPBACK:
            note("everyone who reaches this address can read all of it")
        serve_pages(app, listener)
    note("ended")
