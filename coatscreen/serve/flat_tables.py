"""A database as flat tables: a row for each coating, contact, material, run and failed job, with units in the names."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from coatscreen.rankings import rows
from screening.coatings.contacts import Contact
from screening.coatings.ranking import RankingHeader
from screening.database import CoatingDatabase
from screening.equilibrium.interface_documents import ClosedReaction, OpenReaction
from screening.text.visible_text import visible

Row = Mapping[str, Any]
ABOUT = {
    "coatings": "A row for each coating of each ranking: its place, every quantity, and which criteria it passes.",
    "contacts": "A row for each contact of each coating, and of the bare interface (coating is empty): closed or open "
    "to lithium, its lowest mutual and total energy, and the reaction there.",
    "materials": "A row for each coating: its stability and its electrochemical window, with the reactions.",
    "runs": "What was asked for, and how far it has come.",
    "failed_jobs": "Jobs that failed in the last run of each request, and the first line of why.",
    "passing": "The coatings that pass all criteria, best first.",
    "worst_contacts": "The contact of each coating that reacts most, closed.",
}
_VIEWS = {
    "passing": 'SELECT * FROM coatings WHERE tier = 1 ORDER BY cathode, electrolyte, "rank"',
    "worst_contacts": "SELECT coating, cathode, electrolyte, contact, min(mutual_mev_per_atom) AS mutual_mev_per_atom, "
    "reaction FROM contacts WHERE coating IS NOT NULL AND mutual_mev_per_atom IS NOT NULL "
    "GROUP BY coating, cathode, electrolyte, energies_sha256 ORDER BY 5 DESC",
}
_EXPECTED: dict[str, Sequence[str]] = {  # columns that views need, also of a table without rows
    "coatings": ("rank", "coating", "cathode", "electrolyte", "tier"),
    "contacts": ("coating", "cathode", "electrolyte", "contact", "mutual_mev_per_atom", "reaction", "energies_sha256"),
    "materials": ("coating",),
    "runs": ("run_id",),
    "failed_jobs": ("job", "error"),
}


def write_tables(database: CoatingDatabase, headers: Sequence[RankingHeader], file: Path) -> None:
    """Write a database as flat tables into an SQLite file.

    Parameters
    ----------
    database
        The database, embedded or on MongoDB.
    headers
        The rankings.
    file
        The new file.
    """
    tables = {
        "coatings": (_origin_last(row) for header in headers for row in rows(header, database.lines(header))),
        "contacts": _contacts(database, headers),
        "materials": _materials(database, headers),
        "runs": _runs(database),
        "failed_jobs": ({"job": job, "error": why} for job, why in database.failed_jobs().items()),
    }
    with closing(sqlite3.connect(file)) as opened, opened:
        for name, lines in tables.items():
            _write(opened, name, lines)
        for name, query in _VIEWS.items():
            opened.execute(f'CREATE VIEW "{name}" AS {query}')


def _origin_last(row: Row) -> Row:
    """Return a row with its energies behind its numbers."""
    last = ("energies", "energies_sha256")
    return {**{name: value for name, value in row.items() if name not in last}, **{name: row[name] for name in last}}


def _write(opened: sqlite3.Connection, table: str, lines: Iterable[Row]) -> None:
    """Write rows into a table, which gets a column for each name that any of them has."""
    columns = list(_EXPECTED[table])
    opened.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(map(_quoted, columns))})")
    for line in lines:
        for name in line:
            if name not in columns:
                opened.execute(f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(name)}")
                columns.append(name)
        names = ", ".join(map(_quoted, line))
        opened.execute(
            f"INSERT INTO {_quoted(table)} ({names}) VALUES ({', '.join('?' * len(line))})",
            [visible(value) if isinstance(value, str) else value for value in line.values()],
        )


def _quoted(name: str) -> str:
    """Return the name of a table or column as SQL; one that a user's file brought may hold quotes."""
    return '"' + visible(name).replace('"', '""') + '"'


def _contacts(database: CoatingDatabase, headers: Sequence[RankingHeader]) -> Iterator[Row]:
    for header in headers:
        here = {"cathode": header.cathode, "electrolyte": header.electrolyte}
        sha256 = {"energies_sha256": header.energies.sha256}
        for contact in [] if header.bare_interface is None else header.bare_interface.interfaces:
            yield {"coating": None, **here, **sha256, **_contact(contact)}
        for coating in database.coatings(header):
            for contact in coating.interfaces:
                yield {"coating": coating.coating, **here, **sha256, **_contact(contact)}


def _contact(contact: Contact) -> dict[str, Any]:
    reaction, held = contact.reaction, contact.lithium
    found: dict[str, Any] = {
        "contact": contact.name,
        "voltage_v": None if held is None else held.voltage_v,
        "why_missing": contact.why_missing,
    }
    if reaction is None:
        return found
    unit = "mev_per_atom" if isinstance(reaction, ClosedReaction) else "mev_per_closed_atom"
    alone = (
        (reaction.self_a_ev_per_closed_atom, reaction.self_b_ev_per_closed_atom)
        if isinstance(reaction, OpenReaction)
        else (reaction.self_a_ev_per_atom, reaction.self_b_ev_per_atom)
    )
    return found | {
        "a": reaction.a,
        "b": reaction.b,
        f"mutual_{unit}": contact.mutual_mev,
        f"total_{unit}": round(1000.0 * reaction.total.energy_ev, 6),
        f"self_a_{unit}": round(1000.0 * alone[0], 6),
        f"self_b_{unit}": round(1000.0 * alone[1], 6),
        "x_atomic_a": reaction.mutual.x_atomic_a,
        "x_molar_a": reaction.mutual.x_molar_a,
        "reaction": reaction.mutual.reaction,
    }


def _materials(database: CoatingDatabase, headers: Sequence[RankingHeader]) -> Iterator[Row]:
    seen = set()
    for header in headers:
        for coating in database.coatings(header):
            if (coating.coating, header.energies.sha256) in seen:
                continue
            seen.add((coating.coating, header.energies.sha256))
            stability, window = coating.stability, coating.window
            yield {
                "coating": coating.coating,
                "formula": coating.formula,
                "energies": header.energies.name,
                "energies_sha256": header.energies.sha256,
                "energy_above_hull_ev_per_atom": stability and stability.energy_above_hull_ev_per_atom,
                "formation_energy_ev_per_atom": stability and stability.formation_energy_ev_per_atom,
                "decomposition": stability and stability.reaction,
                "reduction_limit_v": window and window.reduction_limit_v,
                "oxidation_limit_v": window and window.oxidation_limit_v,
                "reduction": window and window.reduction_reaction,
                "oxidation": window and window.oxidation_reaction,
            }


def _runs(database: CoatingDatabase) -> Iterator[Row]:
    for run in database.runs():
        yield {
            "run_id": run.run_id,
            "name": run.name,
            "state": run.state,
            "created": run.created,
            "updated": run.updated,
            "n_jobs": len(run.jobs),
            "n_failed": len(run.failed),
            "energies_sha256": run.energies_sha256,
            "request": json.dumps(run.request, ensure_ascii=False),
        }
