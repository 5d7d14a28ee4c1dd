"""Asking the coating-screening database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from screening.coatings.run_document import Run
from screening.common.errors import InputError
from screening.database.queries.answers import Answers, Rankings
from screening.database.queries.fields import require_fields, value_at
from screening.database.queries.filters import check_filter
from screening.database.queries.questions import path_of, sort_order, with_quantities
from screening.database.stored_documents import StoredDocuments
from screening.database.stored_runs import Role, StoredRuns
from screening.database.stores import HEAVY, StoreLocation
from screening.text.tabular import Documents

if TYPE_CHECKING:
    from screening.coatings.coating_documents import RankedCoating
    from screening.coatings.ranking import RankingHeader

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
        self._documents = StoredDocuments(location)
        self._runs = StoredRuns(self._documents)

    @classmethod
    def open(cls, location: str | Path | StoreLocation) -> CoatingDatabase:
        """Open the database in a folder, or on MongoDB by URI.

        Raises
        ------
        StoreError
            If there is none, it cannot be reached, or it is of another version's form.
        """
        return cls(location if isinstance(location, StoreLocation) else StoreLocation(location))

    def __enter__(self) -> CoatingDatabase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._documents.close()

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
            :data:`screening.database.queries.operators.OPERATORS`; a registered quantity may be named without
            ``quantities.``.
        fields
            Dotted names of the fields wanted, or names of quantities; all if not given. A name that leads into a list
            gives the values of all its members; with a number, or the name of a contact, of that one.
        sort
            ``rank``, ``tier``, ``pareto``, a registered quantity, or one of
            :data:`screening.database.queries.questions.ALIASES`; the better value first, and last what has none.
        limit
            At most so many; 0 for all.
        run
            Id or name of a run: its rankings.

        Raises
        ------
        InputError
            If a name, `sort` or a field is unknown, a number is negative, or
            :func:`~screening.database.queries.filters.check_filter` refuses the filter.
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
            return map(_without_bookkeeping, self._documents.coatings(criteria, sort, limit))
        paths = {name: path_of(name) for name in fields}
        tops = sorted({path.partition(".")[0] for path in paths.values()})
        shown = partial(self._documents.coatings, criteria, sort, limit, tops)
        require_fields(shown(), paths, lambda: next(self._documents.coatings(criteria, sort, 1)))
        return ({name: value_at(doc, path) for name, path in paths.items()} for doc in shown())

    def count(self, *, ranked: bool = False, **criteria: Any) -> int:
        """Count documents by plain fields, all or those of coatings that have a rank."""
        wanted = {**criteria, **({"rank": {"$ne": None}} if ranked else {})}
        return self._documents.count("coatings", wanted)

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
        return [self._header(doc) for doc in self._runs.rankings(cathode, electrolyte, run)]

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
        from screening.coatings.ranking import RankingDocument, RankingHeader

        return Rankings(
            RankingDocument(
                **{name: getattr(header, name) for name in RankingHeader.model_fields},
                ranking=list(self.coatings(header, sort, top)),
            )
            for header in self.headers(cathode, electrolyte, run)
        )

    def coatings(self, header: RankingHeader, sort: str = "rank", top: int = 0) -> Iterator[RankedCoating]:
        """Yield the coatings of a ranking."""
        from screening.coatings.coating_documents import RankedCoating

        for doc in self._documents.coatings({"ranking_id": header.ranking_id}, sort, top):
            yield self._documents.read(RankedCoating, _without_bookkeeping(doc))

    def lines(self, header: RankingHeader, sort: str = "rank", top: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the coatings of a ranking without what was computed of each: what a table shows, and little memory.

        A composite also says which of its phases limit its window, as ``window``.
        """
        from screening.coatings.coating_documents import RankedCoating

        light = [name for name in RankedCoating.model_fields if name not in (*HEAVY["coatings"], *BOOKKEEPING)]
        for doc in self._documents.coatings({"ranking_id": header.ranking_id}, sort, top, light):
            doc.pop("_id", None)
            if doc["components"]:
                one = {"ranking_id": header.ranking_id, "coating": doc["coating"]}
                doc["window"] = (self._documents.first("coatings", one, _LIMITING) or {}).get("window")
            yield doc

    def pairs(self) -> list[tuple[str, str]]:
        """Return the cathodes and electrolytes in the database, as pairs."""
        return sorted({(doc["cathode"], doc["electrolyte"]) for doc in self._runs.rankings(None, None, None)})

    def names(self, ranking_id: str) -> list[str]:
        """Return the coatings of a ranking by name."""
        return self._documents.names("coating", {"ranking_id": ranking_id})

    def runs(self) -> Documents[Run]:
        """Return the runs, the last one first."""
        return self._runs.all()

    def run(self, name: str) -> Run:
        """Find a run by its id, the beginning of its id, or its name.

        Raises
        ------
        InputError
            If there is none, or several.
        """
        return self._runs.one(name)

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
        return self._runs.known(role, name)

    def _criteria(
        self, coating: str | None, cathode: str | None, electrolyte: str | None, run: str | None
    ) -> dict[str, Any]:
        ids = [doc["ranking_id"] for doc in self._runs.rankings(cathode, electrolyte, run)]
        criteria: dict[str, Any] = {"ranking_id": {"$in": ids}}
        if coating is not None:
            criteria["coating"] = self._runs.known("coating", coating)
        return criteria

    def _header(self, doc: dict[str, Any]) -> RankingHeader:
        from screening.coatings.ranking import RankingHeader

        return self._documents.read(RankingHeader, {name: doc.get(name) for name in RankingHeader.model_fields})


def _without_bookkeeping(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name not in BOOKKEEPING}
