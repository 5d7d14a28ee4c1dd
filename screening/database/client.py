"""Asking the coating-screening database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from screening.criteria import Criterion
from screening.database.stores import Collection, StoreLocation
from screening.errors import InputError, StoreError, nearest
from screening.ranking import RankingDocument
from screening.record import BareInterface, RankedCoating

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
            If `sort` is unknown, a number is negative, or the filter is none MongoDB understands.
        """
        if sort not in SORTS:
            raise InputError(f"cannot sort by {sort!r}{nearest(sort, SORTS)}; there are {', '.join(SORTS)}")
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
        field, direction = SORTS[sort]
        try:
            found = list(self._store("coatings").query(criteria))
        except (NotImplementedError, TypeError, ValueError) as error:
            raise InputError(f"not a filter: {error}") from None
        except Exception as error:
            if type(error).__name__ == "OperationFailure":
                raise InputError(f"not a filter: {error}") from None
            raise
        found.sort(key=lambda doc: _sort_key(doc, field, direction))
        found = found[:limit] if limit else found
        if fields:
            return [{name: _value(doc, name) for name in fields} for doc in found]
        return [{name: value for name, value in doc.items() if name not in BOOKKEEPING} for doc in found]

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
        docs = self.search(cathode=cathode, electrolyte=electrolyte, sort=sort)
        groups: dict[tuple[str, str, str], list[RankedCoating]] = {}
        for doc in docs:
            coating = RankedCoating.model_validate(doc)
            groups.setdefault((coating.cathode, coating.electrolyte, coating.energies.sha256), []).append(coating)
        rankings = []
        for (name, partner, sha256), coatings in groups.items():
            bare_docs = list(
                self._store("bare_interfaces").query(
                    {"cathode": name, "electrolyte": partner, "energies.sha256": sha256}
                )
            )
            bare = None
            if bare_docs:
                kept = {k: v for k, v in bare_docs[0].items() if k not in BOOKKEEPING}
                bare = BareInterface.model_validate(kept)
            criteria = self._store("coatings").query_one(
                {"cathode": name, "electrolyte": partner, "energies.sha256": sha256}, properties=["criteria"]
            )
            rankings.append(
                RankingDocument(
                    energies=coatings[0].energies,
                    cathode=name,
                    electrolyte=partner,
                    bare_interface=bare,
                    ranking=coatings[:top] if top else coatings,
                    criteria={c["name"]: Criterion.model_validate(c) for c in criteria["criteria"]},
                )
            )
        return rankings

    def pairs(self) -> list[tuple[str, str]]:
        """Return the cathodes and electrolytes in the database, as pairs."""
        docs = self._store("coatings").query({}, properties=["cathode", "electrolyte"])
        return sorted({(doc["cathode"], doc["electrolyte"]) for doc in docs})

    def _store(self, collection: Collection) -> Any:
        if collection not in self._stores:
            if not self.location.exists:
                raise StoreError(f"there is no database in {self.location.name}: `coatscreen run` makes one")
            self._stores[collection] = self.location.open(collection, read_only=True)
        return self._stores[collection]


def _value(doc: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        if isinstance(doc, list) and part.isdigit() and int(part) < len(doc):
            doc = doc[int(part)]
        else:
            doc = doc.get(part) if isinstance(doc, dict) else None
    return doc


def _sort_key(doc: dict[str, Any], field: str, direction: int) -> tuple[bool, float, int, str]:
    value = _value(doc, field)
    return (value is None, direction * (value or 0.0), doc.get("rank") or 10**9, doc["coating"])
