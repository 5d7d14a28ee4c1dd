"""The runs of a database, and which rankings and materials a question means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from screening.coatings.run_document import Run
from screening.common.errors import InputError, nearest
from screening.database.stored_documents import StoredDocuments
from screening.text.tabular import Documents

if TYPE_CHECKING:
    from screening.materials.material import Entry

Role = Literal["coating", "cathode", "electrolyte"]


class StoredRuns:
    """The runs of a database.

    Parameters
    ----------
    documents
        The documents of the database.
    """

    def __init__(self, documents: StoredDocuments) -> None:
        self._documents = documents
        self._name = documents.location.name

    def all(self) -> Documents[Run]:
        """Return the runs, the last one first."""
        docs = self._documents.find("runs", {})
        runs = [self._documents.read(Run, {k: v for k, v in doc.items() if k != "_id"}) for doc in docs]
        return Documents(sorted(runs, key=lambda run: (run.updated, run.run_id), reverse=True))

    def one(self, name: str) -> Run:
        """Find a run by its id, the beginning of its id, or its name.

        Raises
        ------
        InputError
            If there is none, or several.
        """
        runs = self.all()
        found = [run for run in runs if name in (run.run_id, run.name)]
        found = found or [run for run in runs if len(name) >= 4 and run.run_id.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(run.run_id[:8] for run in found)
            raise InputError(f"{name!r} is the name of {len(found)} runs: write the id, one of {ids}")
        known = [word for run in runs for word in (run.name, run.run_id[:8])]
        raise InputError(f"no run {name!r} in {self._name}{nearest(name, known)}")

    def rankings(self, cathode: str | None, electrolyte: str | None, run: str | None) -> list[dict[str, Any]]:
        """Return what rankings rest on: for each cathode, electrolyte and set of energies the one asked for last.

        Parameters
        ----------
        cathode, electrolyte
            Only these.
        run
            Id or name of a run: all of its rankings.
        """
        wanted: dict[str, Any] = {} if run is None else {"ranking_id": {"$in": self.one(run).rankings}}
        if cathode is not None:
            wanted["cathode"] = self.known("cathode", cathode)
        if electrolyte is not None:
            wanted["electrolyte"] = self.known("electrolyte", electrolyte)
        docs = self._documents.find("rankings", wanted)
        if run is None:
            asked = {ranking: one.updated for one in reversed(self.all()) for ranking in one.rankings}
            docs.sort(key=lambda doc: (asked.get(doc["ranking_id"], doc["built_at"]), doc["ranking_id"]))
            docs = list({(d["cathode"], d["electrolyte"], d["energies"]["sha256"]): d for d in docs}.values())
        return sorted(docs, key=lambda d: (d["cathode"], d["electrolyte"], d["energies"]["sha256"], d["ranking_id"]))

    def known(self, role: Role, name: str) -> str:
        """Return the name under which the database holds what a user calls so.

        Raises
        ------
        InputError
            If it holds none of that name.
        """
        if self._holds(role, name):
            return name
        from screening.materials.catalogue import Catalogue

        catalogue = Catalogue.load()
        find: dict[str, Callable[[str], Entry]] = {
            "coating": catalogue.coating,
            "cathode": catalogue.cathode,
            "electrolyte": catalogue.electrolyte,
        }
        reason = ""
        try:
            resolved = find[role](name).name
            if self._holds(role, resolved):
                return resolved
        except InputError as error:
            reason = f" ({error})"
        there = self._documents.names(role, {})
        guess = nearest(name, there) or (f"; there are {', '.join(there[:10])}" if there else "")
        raise InputError(f"the database {self._name} holds no {role} {name!r}{guess}{reason}")

    def _holds(self, role: Role, name: str) -> bool:
        return self._documents.first("coatings", {role: name}, [role]) is not None
