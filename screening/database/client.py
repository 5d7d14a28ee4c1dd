"""Asking the coating-screening database."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import ValidationError

from screening.coatings.coating_documents import BareInterface, RankedCoating
from screening.coatings.ranking import RankingDocument
from screening.common.errors import InputError, StoreError, nearest
from screening.criteria.criteria import Criterion
from screening.database.stores import Collection, StoreLocation

_NOT_PERMITTED = (13, 18)  # MongoDB's codes for a user who may not read: Unauthorized, AuthenticationFailed
BOOKKEEPING = ("key", "source_job", "built_at", "criteria", "_id")
SORTS: dict[str, tuple[str, int]] = {
    "worst_mutual": ("worst_mutual_mev_per_atom", -1),
    "gain": ("gain_over_bare_mev_per_atom", -1),
    "tier": ("tier", 1),
    "pareto": ("pareto_rank", 1),
    "cost": ("economics.raw_material_cost_usd_per_kg", 1),
    "oxidation": ("window.oxidation_limit_v", -1),
    "reduction": ("window.reduction_limit_v", 1),
    "stability": ("stability.energy_above_hull_ev_per_atom", 1),
}


class CoatingDatabase:
    """The coating-screening database, opened for reading.

    Examples
    --------
    >>> with CoatingDatabase.open("results/coatings") as db:  # doctest: +SKIP
    ...     db.search(cathode="NCM83", max_reaction_energy_mev_per_atom=100, fields=["coating", "rank"])
    """

    def __init__(self, location: StoreLocation) -> None:
        self.location = location
        self._stores: dict[Collection, Any] = {}

    @classmethod
    def open(cls, location: str | Path) -> CoatingDatabase:
        """Open the database in a folder, or on MongoDB by URI.

        Raises
        ------
        StoreError
            If there is none or it cannot be reached.
        """
        database = cls(StoreLocation(location))
        database._store("coatings")
        return database

    def __enter__(self) -> CoatingDatabase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def search(
        self,
        *,
        coating: str | None = None,
        cathode: str | None = None,
        electrolyte: str | None = None,
        max_reaction_energy_mev_per_atom: float | None = None,
        filter: Mapping[str, Any] | None = None,
        fields: Sequence[str] | None = None,
        sort: str = "worst_mutual",
        limit: int = 0,
    ) -> list[dict[str, Any]]:
        """Find coatings.

        Parameters
        ----------
        coating, cathode, electrolyte
            Names, exactly.
        max_reaction_energy_mev_per_atom
            Only coatings whose worst closed mutual reaction energy is no larger than this in size, meV/atom.
        filter
            Any MongoDB filter on the documents, in addition.
        fields
            Dotted names of the fields wanted; all if not given.
        sort
            One of ``worst_mutual``, ``gain``, ``tier``, ``pareto``, ``cost``, ``oxidation``, ``reduction``,
            ``stability``; documents without that value come last.
        limit
            At most so many; 0 for all.

        Raises
        ------
        InputError
            If `sort` or a field is unknown, a number is negative, or the filter is none MongoDB understands.
        StoreError
            If the database cannot be read.
        """
        if limit < 0:
            raise InputError(f"a limit must not be negative: {limit}")
        criteria: dict[str, Any] = {
            name: value
            for name, value in (("coating", coating), ("cathode", cathode), ("electrolyte", electrolyte))
            if value is not None
        }
        if max_reaction_energy_mev_per_atom is not None:
            if max_reaction_energy_mev_per_atom < 0:
                raise InputError("a largest reaction energy is a size, not negative")
            criteria["worst_mutual_mev_per_atom"] = {"$gte": -max_reaction_energy_mev_per_atom}
        if filter:
            criteria = {"$and": [criteria, dict(filter)]} if criteria else dict(filter)
        found = self._sorted(criteria, sort, limit)
        if fields:
            _require_fields(found, fields)
            return [{name: _value(doc, name) for name in fields} for doc in found]
        return [_without_bookkeeping(doc) for doc in found]

    def ranking(
        self, cathode: str | None = None, electrolyte: str | None = None, sort: str = "worst_mutual", top: int = 0
    ) -> list[RankingDocument]:
        """Return the rankings, one for each cathode, electrolyte and set of energies.

        Parameters
        ----------
        cathode, electrolyte
            Only these.
        sort
            As in :meth:`search`; the ranks themselves do not change.
        top
            At most so many coatings in each; 0 for all.
        """
        rankings = []
        for pair in self.pairs():
            if cathode in (None, pair[0]) and electrolyte in (None, pair[1]):
                group = {"cathode": pair[0], "electrolyte": pair[1]}
                for sha256 in sorted(self._distinct("energies.sha256", group)):
                    docs = self._sorted({**group, "energies.sha256": sha256}, sort, top)
                    rankings.append(self._ranking(*pair, sha256, docs))
        return rankings

    def _ranking(self, cathode: str, electrolyte: str, sha256: str, docs: list[dict[str, Any]]) -> RankingDocument:
        group = {"cathode": cathode, "electrolyte": electrolyte, "energies.sha256": sha256}
        bare = self._find("bare_interfaces", group)
        try:
            return RankingDocument(
                energies=docs[0]["energies"],
                cathode=cathode,
                electrolyte=electrolyte,
                bare_interface=BareInterface.model_validate(_without_bookkeeping(bare[0])) if bare else None,
                ranking=[RankedCoating.model_validate(_without_bookkeeping(doc)) for doc in docs],
                criteria={c["name"]: Criterion.model_validate(c) for c in docs[0]["criteria"]},
            )
        except ValidationError as error:
            raise StoreError(
                f"{self.location.name} was written by another version of coatscreen ("
                f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}); run the screening again"
            ) from None

    def pairs(self) -> list[tuple[str, str]]:
        """Return the cathodes and electrolytes in the database, as pairs."""
        return sorted(
            (cathode, electrolyte)
            for cathode in self._distinct("cathode", {})
            for electrolyte in self._distinct("electrolyte", {"cathode": cathode})
        )

    def failed_jobs(self) -> dict[str, str]:
        """Return the jobs that failed in the last run of each request in the database, and why, by name.

        What coatings lack because of them stands in ``why_missing`` of their documents.
        """
        with self.location.errors():
            runs = list(self._store("runs").query({}, properties=["failed"]))
        return {name: why for run in runs for name, why in run["failed"].items()}

    def names(self, cathode: str, electrolyte: str, energies_sha256: str) -> list[str]:
        """Return the coatings of a ranking by name."""
        group = {"cathode": cathode, "electrolyte": electrolyte, "energies.sha256": energies_sha256}
        return sorted(self._distinct("coating", group))

    def _distinct(self, field: str, criteria: dict[str, Any]) -> list[str]:
        with self.location.errors():
            return list(self._store("coatings").distinct(field, criteria))

    def _sorted(self, criteria: dict[str, Any], sort: str, limit: int) -> list[dict[str, Any]]:
        """Return what matches in order; what lacks the value comes last, and is otherwise sorted by rank and name."""
        if sort not in SORTS:
            raise InputError(f"cannot sort by {sort!r}{nearest(sort, SORTS)}; there are {', '.join(SORTS)}")
        field, direction = SORTS[sort]
        order = {field: direction, "rank": 1, "coating": 1}
        known = {field: {"$gt": -math.inf}}  # any number
        parts: list[dict[str, Any]] = [known, {"$nor": [known]}]
        if field == "window.oxidation_limit_v":  # what holds no lithium is never oxidised
            never = {"window.oxidation_limited": False}
            parts = [never, {"$and": [{"$nor": [never]}, known]}, {"$nor": [never, known]}]
        found: list[dict[str, Any]] = []
        for part in parts:
            if not limit or len(found) < limit:
                both = {"$and": [criteria, part]} if criteria else part
                found += self._find("coatings", both, order, limit - len(found) if limit else 0)
        return found

    def _find(
        self,
        collection: Collection,
        criteria: dict[str, Any],
        sort: dict[str, int] | None = None,
        limit: int = 0,
    ) -> list[dict[str, Any]]:
        from pymongo.errors import OperationFailure

        store = self._store(collection)
        with self.location.errors():
            try:
                return list(store.query(criteria, sort=sort, limit=limit))
            except OperationFailure as error:
                if error.code in _NOT_PERMITTED:
                    raise
                reason = str(error).split(", full error")[0]
            except (NotImplementedError, TypeError, ValueError, re.error) as error:
                reason = str(error)
        raise InputError(f"not a filter: {reason}")

    def _store(self, collection: Collection) -> Any:
        if collection not in self._stores:
            self._stores[collection] = self.location.open(collection, read_only=True)
        return self._stores[collection]


def _value(doc: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        if isinstance(doc, list) and part.isdigit() and int(part) < len(doc):
            doc = doc[int(part)]
        else:
            doc = doc.get(part) if isinstance(doc, dict) else None
    return doc


def _without_bookkeeping(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name not in BOOKKEEPING}


def _require_fields(docs: list[dict[str, Any]], fields: Sequence[str]) -> None:
    """Refuse a field that no document has, unless something above it is null in one."""
    for field in fields:
        if docs and all(_ends_at(doc, field) is not None for doc in docs):
            doc, path = docs[0], _ends_at(docs[0], field) or ""
            above = path.rpartition(".")[0]
            inside = _value(doc, above) if above else doc
            names = inside if isinstance(inside, dict) else {}
            there = nearest(path.rpartition(".")[2], names) or f"; there are {', '.join(map(str, names)) or 'none'}"
            raise InputError(f"no document has a field {field!r}{there}")


def _ends_at(doc: Any, dotted: str) -> str | None:
    """Return the part of a dotted name at which a document ends; None if it, or a null on the way to it, is there."""
    parts = dotted.split(".")
    for depth, part in enumerate(parts, start=1):
        if doc is None:
            return None
        if isinstance(doc, list) and part.isdigit() and int(part) < len(doc):
            doc = doc[int(part)]
        elif isinstance(doc, dict) and part in doc:
            doc = doc[part]
        else:
            return ".".join(parts[:depth])
    return None
