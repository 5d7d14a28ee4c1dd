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
    store: Store = "results/coatings",
) -> None:
    """Show a database in the browser: the report, tables to filter, and any interface. Ctrl-C ends it.

    A copy is served, as the database is now; it is never written to. It needs the extra 'browse'.

    Example: coatscreen serve --port 0
    """
    import shlex
    import tempfile
    from pathlib import Path

    from coatscreen.output import note
    from coatscreen.report.app.app_data import interface_page
    from coatscreen.report.page import page
    from coatscreen.report.store_report import store_report
    from coatscreen.serve.flat_tables import write_tables
    from coatscreen.serve.server import LOOPBACK, TABLES, listening, require_server, site, until_ended
    from coatscreen.serve.server import serve as serve_pages
    from coatscreen.verbs.database import rankings_asked
    from screening.database import CoatingDatabase, StoreLocation
    from screening.energies.source import REFERENCE, is_packaged, open_energies

    require_server()
    listener = listening(host, port)
    with until_ended(), tempfile.TemporaryDirectory(prefix="coatscreen-serve-") as folder, listener:
        location = StoreLocation(store)
        file = Path(folder) / f"{TABLES.strip('/')}.db"
        with CoatingDatabase.open(location) as database:
            headers = rankings_asked(database, cathode, electrolyte, run)
            command = shlex.join(["coatscreen", "serve", "--store", database.location.name])
            report = store_report(database, headers, command, energies=energies)
            write_tables(database, headers, file)
            named = [str(known.request.get("energies")) for known in database.runs()]
        links = {TABLES: "tables", "/interfaces": "any interface"}
        source = energies or next((one for one in named if is_packaged(one)), REFERENCE)
        made_by = shlex.join(["coatscreen", "report", "--app", "interfaces.html", "--energies", source])
        pages: dict[str, Page] = {
            "/": page(report, links),
            "/interfaces": lambda: interface_page(source, open_energies(source), made_by),
        }
        app = site(file, f"Cathode coatings: {location.name}", pages, host)
        shown = f"[{host}]" if ":" in host else host
        note(f"http://{shown}:{listener.getsockname()[1]}/ shows {location.name} as it is now; Ctrl-C ends it")
        if host not in LOOPBACK:
            note("everyone who reaches this address can read all of it")
        serve_pages(app, listener)
    note("ended")
