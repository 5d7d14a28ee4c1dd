"""A local HTTP server that answers as the Materials Project does, as far as its thermo documents are asked for.

The routes, parameters and fields are those of the service's own code (emmet-api: heartbeat, materials/thermo with
chemsys, thermo_types, _fields, _limit and _skip; the answer's data and meta.total_doc) and of the gateway before it
(401, 403 and 429 with a message; 414 where an address is too long).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import PhaseSet

KEY = "0123456789abcdef0123456789abcdef"
LONGEST_ADDRESS = 8192
MOST_DOCUMENTS = 1000


def thermo_documents(phases: PhaseSet) -> list[dict[str, Any]]:
    """Return the documents the service would have of some phases: of the pinned thermo type, and of two others."""
    return [
        document
        for number, phase in enumerate(phases.phases)
        for document in (
            thermo_document(f"mp-{number + 1}", phase.formula, phase.energy_ev_per_atom),
            thermo_document(f"mp-{number + 1}", phase.formula, phase.energy_ev_per_atom - 7.0, "GGA_GGA+U_R2SCAN"),
            thermo_document(f"mp-{number + 1}", phase.formula, phase.energy_ev_per_atom - 20.0, "R2SCAN"),
        )
    ]


def thermo_document(name: str, formula: str, energy: float, kind: str = "GGA_GGA+U") -> dict[str, Any]:
    """Return a thermo document with its usual fields, less the entries."""
    composition = {element: 2 * amount for element, amount in parse_formula(formula).items()}
    sites = round(sum(composition.values()))
    return {
        "material_id": name,
        "thermo_id": f"{name}_{kind}",
        "thermo_type": kind,
        "energy_type": "GGA",
        "energy_per_atom": energy,
        "uncorrected_energy_per_atom": energy + 0.5,
        "formation_energy_per_atom": None,
        "energy_above_hull": 0.0,
        "composition": composition,
        "chemsys": "-".join(sorted(composition)),
        "nelements": len(composition),
        "nsites": sites,
        "volume": 10.5 * sites,
        "symmetry": {"crystal_system": "Cubic", "symbol": "Fm-3m", "number": 225, "symprec": 0.1},
        "deprecated": False,
        "last_updated": "2025-02-12T05:31:34.184000Z",
    }


Fault = Callable[["_Handler"], None]


@dataclass
class Server:
    """A running server: what it holds, what goes wrong with the next requests, and what it was asked."""

    documents: list[dict[str, Any]]
    version: str = "2025.09.25"
    key: str = KEY
    faults: list[Fault | None] = field(default_factory=list)  # of the next requests, one each; None: none
    always: Fault | None = None
    asked: list[str] = field(default_factory=list)  # addresses, as they came
    structures: dict[str, Any] = field(default_factory=dict)  # by material
    address: str = ""

    @property
    def systems(self) -> list[str]:
        """The chemical systems that documents were asked of."""
        found = []
        for address in self.asked:
            query = parse_qs(urlsplit(address).query)
            if "_fields" in query:
                found += query["chemsys"][0].split(",")
        return found


@contextmanager
def materials_project(documents: Iterable[dict[str, Any]]) -> Iterator[Server]:
    """Run a server."""
    state = Server(deepcopy(list(documents)))

    class Bound(_Handler):
        server_state = state

    http = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    http.daemon_threads = True
    state.address = f"http://127.0.0.1:{http.server_port}/"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state = self.server_state
        state.asked.append(self.path)
        fault = state.faults.pop(0) if state.faults else state.always
        if fault is not None:
            fault(self)
            return
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        if len(self.path) > LONGEST_ADDRESS:
            self.answer({"message": "URI Too Long"}, 414)
        elif where.path.rstrip("/") == "/heartbeat":
            self.answer(
                {
                    "status": "OK",
                    "time": "2025-11-21T04:00:00",
                    "version": "0.86.4",
                    "db_version": state.version,
                    "access_controlled_batch_ids": ["gnome_r2scan_statics"],
                }
            )
        elif "x-api-key" not in self.headers:
            self.answer({"message": "No API key found in request"}, 401)
        elif self.headers["x-api-key"] != state.key:
            self.answer({"message": "Invalid authentication credentials"}, 401)
        elif where.path == "/materials/thermo/":
            self.thermo(query)
        elif where.path == "/materials/summary/":
            self.summary(query)
        else:
            self.answer({"message": "no Route matched with those values"}, 404)

    def thermo(self, query: dict[str, str]) -> None:
        limit, skip = int(query.get("_limit", 100)), int(query.get("_skip", 0))
        if limit > MOST_DOCUMENTS:
            self.answer({"detail": "Requested more data per query than allowed by this endpoint."}, 400)
            return
        found = [
            document
            for document in self.server_state.documents
            if document["chemsys"] in query["chemsys"].split(",")
            and document["thermo_type"] in query["thermo_types"].split(",")
        ]
        fields = query.get("_fields", "thermo_id,material_id,last_updated").split(",")
        page = [
            {name: document[name] for name in fields if name in document} for document in found[skip : skip + limit]
        ]
        self.answer({"data": page, "meta": {"api_version": "0.86.4", "total_doc": len(found), "max_limit": 1000}})

    def summary(self, query: dict[str, str]) -> None:
        held = self.server_state.structures
        found = [
            {"material_id": name, "structure": held[name]} for name in query["material_ids"].split(",") if name in held
        ]
        self.answer({"data": found, "meta": {"api_version": "0.86.4", "total_doc": len(found), "max_limit": 1000}})

    def answer(self, content: Any, status: int = 200, **headers: str) -> None:
        """Send JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing on stderr."""


def status(code: int, content: Any = None, **headers: str) -> Fault:
    """Answer with a status."""
    return lambda handler: handler.answer(content or {"message": f"status {code}"}, code, **headers)


def half_an_answer(handler: _Handler) -> None:
    """Promise more than is sent, then close the connection."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [{"material_id": "mp-1", ')
    handler.close_connection = True


def half_an_answer_of_unknown_length(handler: _Handler) -> None:
    """Send a part without saying how much there is."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b'{"data": [{"material_id": "mp-1", ')
    handler.close_connection = True


def hang_up(handler: _Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def silence(handler: _Handler) -> None:
    """Say nothing for longer than a client in a test waits."""
    time.sleep(0.2)
    handler.close_connection = True
