"""Asking the coating-screening database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from screening.coatings.coating_documents import RankedCoating, Run
from screening.coatings.ranking import RankingDocument, RankingHeader
from screening.common.errors import InputError, StoreError, nearest
from screening.common.tabular import Documents
from screening.common.validation import explained
from screening.database.answers import Answers, Rankings
from screening.database.fields import require_fields, value_at
from screening.database.filters import check_filter
from screening.database.questions import path_of, sort_order, with_quantities
from screening.database.stores import HEAVY, Collection, StoreLocation

if TYPE_CHECKING:
    from screening.materials.material import Cathode, Material

Role = Literal["coating", "cathode", "electrolyte"]
BOOKKEEPING = ("key", "ranking_id", "source_jobs", "built_at", "compared", "_id")
_LIMITING = ("window.reduction_limited_by", "window.oxidation_limited_by")  # a composite's phases


class CoatingDatabase:
    """The coating-screening database, opened for reading.

    A ranking rests on a cathode, an electrolyte, energies, criteria, lithium potentials and samples. Where a database
    holds several for one cathode, electrolyte and set of energies, the one that was asked for last is meant, unless a
    run is named.

    Examples
    --------
    >>> with CoatingDatabase.open("results/coatings") as db:  # doctest: +SKIP
    ...     db.search(cathode="NCM83", max_reaction_energy_mev_per_atom=100, fields=["coating", "rank"])
    """

    def __init__(self, location: StoreLocation) -> None:
        self.location = location
        self._stores: dict[Collection, Any] = {}

    @classmethod
    def open(cls, location: str | Path | StoreLocation) -> CoatingDatabase:
        """Open the database in a folder, or on MongoDB by URI.

        Raises
        ------
        StoreError
            If there is none, it cannot be reached, or it is of another version's form.
        """
        database = cls(location if isinstance(location, StoreLocation) else StoreLocation(location))
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
        sort: str = "rank",
        limit: int = 0,
        run: str | None = None,
    ) -> Answers:
        """Find coatings.

        Parameters
        ----------
        coating, cathode, electrolyte
            Names, aliases or formulas, as a screening takes them.
        max_reaction_energy_mev_per_atom
            Only coatings whose worst closed mutual reaction energy is no larger than this in size, meV/atom.
        filter
            A MongoDB filter on the documents, in addition, of the operators in
            :data:`screening.database.operators.OPERATORS`; a registered quantity may be named without ``quantities.``.
        fields
            Dotted names of the fields wanted, or names of quantities; all if not given. A name that leads into a list
            gives the values of all its members; with a number, or the name of a contact, of that one.
        sort
            ``rank``, ``tier``, ``pareto``, a registered quantity, or one of
            :data:`screening.database.questions.ALIASES`; the better value first, and last what has none.
        limit
            At most so many; 0 for all.
        run
            Id or name of a run: its rankings.

        Raises
        ------
        InputError
            If a name, `sort` or a field is unknown, a number is negative, or
            :func:`~screening.database.filters.check_filter` refuses the filter.
        StoreError
            If the database cannot be read.
        """
        return Answers(
            self.stream(
                coating=coating,
                cathode=cathode,
                electrolyte=electrolyte,
                max_reaction_energy_mev_per_atom=max_reaction_energy_mev_per_atom,
                filter=filter,
                fields=fields,
                sort=sort,
                limit=limit,
                run=run,
            )
        )

    def stream(
        self,
        *,
        coating: str | None = None,
        cathode: str | None = None,
        electrolyte: str | None = None,
        max_reaction_energy_mev_per_atom: float | None = None,
        filter: Mapping[str, Any] | None = None,
        fields: Sequence[str] | None = None,
        sort: str = "rank",
        limit: int = 0,
        run: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield what :meth:`search` returns, one at a time, so that many take no memory.

        The question is checked at once; the database must stay open until the last is taken.
        """
        if limit < 0:
            raise InputError(f"a limit must not be negative: {limit}")
        criteria = self._criteria(coating, cathode, electrolyte, run)
        most = max_reaction_energy_mev_per_atom
        if most is not None:
            if not most >= 0:
                raise InputError(f"a largest reaction energy is a size, zero or more, not {most:g}")
            criteria["worst_mutual_mev_per_atom"] = {"$gte": -most}
        if filter is not None:
            check_filter(filter)
            criteria = {"$and": [criteria, with_quantities(filter)]}
        sort_order(sort)
        if not fields:
            return map(_without_bookkeeping, self._sorted(criteria, sort, limit))
        paths = {name: path_of(name) for name in fields}
        tops = sorted({path.partition(".")[0] for path in paths.values()})
        require_fields(self._sorted(criteria, sort, limit, tops), paths, lambda: next(self._sorted(criteria, sort, 1)))
        found = self._sorted(criteria, sort, limit, tops)
        return ({name: value_at(doc, path) for name, path in paths.items()} for doc in found)

    def count(self, *, ranked: bool = False, **criteria: Any) -> int:
        """Count documents by plain fields, all or those of coatings that have a rank."""
        wanted = {**criteria, **({"rank": {"$ne": None}} if ranked else {})}
        with self.location.errors():
            return int(self._store("coatings").count(wanted))

    def headers(
        self, cathode: str | None = None, electrolyte: str | None = None, run: str | None = None
    ) -> list[RankingHeader]:
        """Return what the rankings rest on: for each cathode, electrolyte and set of energies the one asked for last.

        Parameters
        ----------
        cathode, electrolyte
            Only these.
        run
            Id or name of a run: all of its rankings.
        """
        return [self._header(doc) for doc in self._header_docs(cathode, electrolyte, run)]

    def ranking(
        self,
        cathode: str | None = None,
        electrolyte: str | None = None,
        sort: str = "rank",
        top: int = 0,
        run: str | None = None,
    ) -> Rankings:
        """Return rankings whole; see :meth:`headers` for which, and :meth:`coatings` for one coating at a time.

        Parameters
        ----------
        cathode, electrolyte, run
            Only these.
        sort
            As in :meth:`search`; the ranks themselves do not change.
        top
            At most so many coatings in each; 0 for all.
        """
        return Rankings(
            RankingDocument(
                **{name: getattr(header, name) for name in RankingHeader.model_fields},
                ranking=list(self.coatings(header, sort, top)),
            )
            for header in self.headers(cathode, electrolyte, run)
        )

    def coatings(self, header: RankingHeader, sort: str = "rank", top: int = 0) -> Iterator[RankedCoating]:
        """Yield the coatings of a ranking."""
        for doc in self._sorted({"ranking_id": header.ranking_id}, sort, top):
            yield self._read(RankedCoating, _without_bookkeeping(doc))

    def lines(self, header: RankingHeader, sort: str = "rank", top: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the coatings of a ranking without what was computed of each: what a table shows, and little memory.

        A composite also says which of its phases limit its window, as ``window``.
        """
        light = [name for name in RankedCoating.model_fields if name not in (*HEAVY["coatings"], *BOOKKEEPING)]
        for doc in self._sorted({"ranking_id": header.ranking_id}, sort, top, light):
            doc.pop("_id", None)
            if doc["components"]:
                one = {"ranking_id": header.ranking_id, "coating": doc["coating"]}
                found: dict[str, Any] = next(self._store("coatings").query(one, list(_LIMITING), limit=1), {})
                doc["window"] = found.get("window")
            yield doc

    def pairs(self) -> list[tuple[str, str]]:
        """Return the cathodes and electrolytes in the database, as pairs."""
        return sorted({(doc["cathode"], doc["electrolyte"]) for doc in self._header_docs(None, None, None)})

    def names(self, ranking_id: str) -> list[str]:
        """Return the coatings of a ranking by name."""
        return sorted(self._distinct("coating", {"ranking_id": ranking_id}))

    def runs(self) -> Documents[Run]:
        """Return the runs, the last one first."""
        with self.location.errors():
            docs = list(self._store("runs").query({}))
        runs = [self._read(Run, {k: v for k, v in doc.items() if k != "_id"}) for doc in docs]
        return Documents(sorted(runs, key=lambda run: (run.updated, run.run_id), reverse=True))

    def run(self, name: str) -> Run:
        """Find a run by its id, the beginning of its id, or its name.

        Raises
        ------
        InputError
            If there is none, or several.
        """
        runs = self.runs()
        found = [run for run in runs if name in (run.run_id, run.name)]
        found = found or [run for run in runs if len(name) >= 4 and run.run_id.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(run.run_id[:8] for run in found)
            raise InputError(f"{name!r} is the name of {len(found)} runs: write the id, one of {ids}")
        known = [word for run in runs for word in (run.name, run.run_id[:8])]
        raise InputError(f"no run {name!r} in {self.location.name}{nearest(name, known)}")

    def failed_jobs(self) -> dict[str, str]:
        """Return the jobs that failed in the last run of each request, and why, by name; those of the last run first.

        What coatings lack because of them stands in ``why_missing`` of their documents.
        """
        failed: dict[str, str] = {}
        for run in self.runs():
            failed = {**failed, **{name: why for name, why in run.failed.items() if name not in failed}}
        return failed

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
        find: dict[str, Callable[[str], Material | Cathode]] = {
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
        there = sorted(self._distinct(role, {}))
        guess = nearest(name, there) or (f"; there are {', '.join(there[:10])}" if there else "")
        raise InputError(f"the database {self.location.name} holds no {role} {name!r}{guess}{reason}")

    def _criteria(
        self, coating: str | None, cathode: str | None, electrolyte: str | None, run: str | None
    ) -> dict[str, Any]:
        ids = [doc["ranking_id"] for doc in self._header_docs(cathode, electrolyte, run)]
        criteria: dict[str, Any] = {"ranking_id": {"$in": ids}}
        if coating is not None:
            criteria["coating"] = self.known("coating", coating)
        return criteria

    def _header_docs(self, cathode: str | None, electrolyte: str | None, run: str | None) -> list[dict[str, Any]]:
        wanted: dict[str, Any] = {} if run is None else {"ranking_id": {"$in": self.run(run).rankings}}
        if cathode is not None:
            wanted["cathode"] = self.known("cathode", cathode)
        if electrolyte is not None:
            wanted["electrolyte"] = self.known("electrolyte", electrolyte)
        with self.location.errors():
            docs = list(self._store("rankings").query(wanted))
        if run is None:
            asked = {ranking: one.updated for one in reversed(self.runs()) for ranking in one.rankings}
            docs.sort(key=lambda doc: (asked.get(doc["ranking_id"], doc["built_at"]), doc["ranking_id"]))
            docs = list({(d["cathode"], d["electrolyte"], d["energies"]["sha256"]): d for d in docs}.values())
        return sorted(docs, key=lambda d: (d["cathode"], d["electrolyte"], d["energies"]["sha256"], d["ranking_id"]))

    def _header(self, doc: dict[str, Any]) -> RankingHeader:
        header: RankingHeader = self._read(RankingHeader, {name: doc.get(name) for name in RankingHeader.model_fields})
        return header

    def _read(self, kind: Any, doc: dict[str, Any]) -> Any:
        try:
            return kind.model_validate(doc)
        except ValidationError as error:
            raise StoreError(
                f"{self.location.name} holds a document that is damaged or of another version ({explained(error)}); "
                "run the screening again"
            ) from None

    def _holds(self, role: Role, name: str) -> bool:
        with self.location.errors():
            return next(iter(self._store("coatings").query({role: name}, [role], limit=1)), None) is not None

    def _distinct(self, field: str, criteria: dict[str, Any]) -> list[str]:
        with self.location.errors():
            return list(self._store("coatings").distinct(field, criteria))

    def _sorted(
        self, criteria: dict[str, Any], sort: str, limit: int, properties: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield what matches in order, one at a time; what lacks the value comes last.

        Equal ones are in the order of rank, name and ranking, so that the order is the same in every database and for
        every limit.
        """
        field, direction = sort_order(sort)
        order = {field: direction, "rank": 1, "coating": 1, "ranking_id": 1}
        store = self._store("coatings")
        wanted: dict[str, Any] = {"properties": None if properties is None else list(properties), "limit": limit}
        if self.location.folder is None:  # a MongoDB before 6.0 else refuses to sort more than 100 MB
            wanted["allow_disk_use"] = True

        def found() -> Iterator[dict[str, Any]]:
            for part in ({field: {"$ne": None}}, {field: None}):
                both = {"$and": [criteria, part]}
                yield from store.query(both, sort=order, **wanted)

        with self.location.errors():
            yield from islice(found(), limit or None)

    def _store(self, collection: Collection) -> Any:
        if collection not in self._stores:
            self._stores[collection] = self.location.open(collection, read_only=True)
        return self._stores[collection]


def _without_bookkeeping(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name not in BOOKKEEPING}
