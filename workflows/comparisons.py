"""What differs between two runs: what their rankings rest on, and what became of the coatings they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from screening.coatings.ranking import RankingHeader
from screening.coatings.run_document import Run
from screening.common.errors import InputError
from screening.common.ties import TIE, ranks
from screening.criteria.quantities import GAIN, OXIDATION, REDUCTION, WORST
from screening.database import CoatingDatabase, StoreLocation
from workflows.outputs import job_store
from workflows.runs import coatings_of

Line = Mapping[str, Any]  # a coating, as CoatingDatabase.lines yields it


class Compared(BaseModel):
    """One of two rankings that are compared."""

    store: str = Field(description="its database")
    run_id: str = Field(description="id of its run")
    run: str = Field(description="name of its run")
    ranking: RankingHeader = Field(description="what it rests on")


class Difference(BaseModel):
    """Something that two rankings do not both rest on."""

    what: str = Field(description="energies, potentials, samples, software, or a criterion by name")
    a: Any = Field(description="in the first; null where it has none")
    b: Any = Field(description="in the second; null where it has none")


class RankChange(BaseModel):
    """A coating that has another place among those that both rankings hold."""

    coating: str = Field(description="name")
    a: int | None = Field(description="rank in the first among the coatings of both; null where it has no score")
    b: int | None = Field(description="the same in the second")


class Crossing(BaseModel):
    """A coating that passes a criterion in one ranking and fails it in the other."""

    coating: str = Field(description="name")
    criterion: str = Field(description="name")
    a: bool = Field(description="whether it passes in the first")
    b: bool = Field(description="whether it passes in the second")


class Movement(BaseModel):
    """A number of a coating that is not the same in both rankings."""

    coating: str = Field(description="name")
    quantity: str = Field(description="name, with its unit")
    a: float | None = Field(description="in the first; null where there is none")
    b: float | None = Field(description="in the second; null where there is none")
    moved_by: float | None = Field(description="the second less the first; null where one has none")


class Comparison(BaseModel):
    """Two rankings of one cathode and one electrolyte."""

    cathode: str = Field(description="name")
    electrolyte: str = Field(description="name")
    a: Compared = Field(description="the first")
    b: Compared = Field(description="the second")
    rests_on: list[Difference] = Field(description="what differs in what they rest on; empty: nothing does")
    n_common: int = Field(description="coatings of both runs")
    only_a: list[str] = Field(description="coatings of the first run alone")
    only_b: list[str] = Field(description="coatings of the second run alone")
    ranks: list[RankChange] = Field(description="places that changed, among the coatings of both runs")
    criteria: list[Crossing] = Field(description="criteria that both judged by, passed in one and failed in the other")
    numbers: list[Movement] = Field(description="numbers that moved by more than the least movement")
    least_movement: dict[str, float] = Field(description="by quantity: what moved no further is not named")


@dataclass(frozen=True)
class Side:
    """A run and its database."""

    location: StoreLocation
    name: str


def compare_runs(first: Side, second: Side, more_than_mev: float = 1.0, more_than_v: float = 0.01) -> list[Comparison]:
    """Compare two runs for each cathode and electrolyte that both have.

    Only the coatings of the runs themselves are compared, not what others added to the same ranking. Numbers that
    differ by no more than :data:`screening.common.ties.TIE` are equal.

    Parameters
    ----------
    first, second
        The runs.
    more_than_mev
        Energies that moved no further are not named, meV/atom.
    more_than_v
        Limits of windows that moved no further are not named, V.

    Raises
    ------
    InputError
        If there is no such run, a least movement is negative, or the runs have no cathode and electrolyte in common.
    """
    if not (more_than_mev >= 0 and more_than_v >= 0):
        raise InputError("the least movement of a number is zero or more")
    least = {WORST: more_than_mev, GAIN: more_than_mev, REDUCTION: more_than_v, OXIDATION: more_than_v}
    (run_a, rankings_a), (run_b, rankings_b) = _rankings(first), _rankings(second)
    if not rankings_a.keys() & rankings_b.keys():
        said = [
            f"{run.name!r} has {', '.join(map('|'.join, rankings)) or 'no ranking yet'}"
            for run, rankings in ((run_a, rankings_a), (run_b, rankings_b))
        ]
        raise InputError(f"the runs have no cathode and electrolyte in common: {'; '.join(said)}")
    found = []
    for pair in [pair for pair in rankings_a if pair in rankings_b]:
        (header_a, lines_a), (header_b, lines_b) = rankings_a[pair], rankings_b[pair]
        common = [name for name in lines_a if name in lines_b]
        both = {name: (lines_a[name], lines_b[name]) for name in common}
        found.append(
            Comparison(
                cathode=pair[0],
                electrolyte=pair[1],
                a=Compared(store=first.location.name, run_id=run_a.run_id, run=run_a.name, ranking=header_a),
                b=Compared(store=second.location.name, run_id=run_b.run_id, run=run_b.name, ranking=header_b),
                rests_on=_differences(header_a, header_b),
                n_common=len(common),
                only_a=[name for name in lines_a if name not in lines_b],
                only_b=[name for name in lines_b if name not in lines_a],
                ranks=_rank_changes(both),
                criteria=_crossings(both),
                numbers=_movements(both, least),
                least_movement=least,
            )
        )
    return found


def _rankings(side: Side) -> tuple[Run, dict[tuple[str, str], tuple[RankingHeader, dict[str, Line]]]]:
    """Return a run, and by cathode and electrolyte its rankings and its own coatings in them, best first."""
    with CoatingDatabase.open(side.location) as database:
        run = database.run(side.name)
        jobs = job_store(side.location, read_only=True)
        own = set(coatings_of(jobs, run) or ())
        jobs.close()
        found: dict[tuple[str, str], tuple[RankingHeader, dict[str, Line]]] = {}
        for header in database.headers(run=run.run_id):
            lines: dict[str, Line] = {ln["coating"]: ln for ln in database.lines(header) if ln["coating"] in own}
            found[header.cathode, header.electrolyte] = header, lines
    return run, found


def _differences(a: RankingHeader, b: RankingHeader) -> list[Difference]:
    of_a, of_b = _rests_on(a), _rests_on(b)
    return [
        Difference(what=what, a=of_a.get(what), b=of_b.get(what))
        for what in dict.fromkeys([*of_a, *of_b])
        if of_a.get(what) != of_b.get(what)
    ]


def _rests_on(header: RankingHeader) -> dict[str, Any]:
    return {
        "energies": header.energies.model_dump(),
        "samples": None if header.sampling is None else header.sampling.model_dump(),
        "software": header.software.coatscreen,
        **{f"criterion {name}": criterion.model_dump() for name, criterion in header.criteria.items()},
    }


def _rank_changes(both: Mapping[str, tuple[Line, Line]]) -> list[RankChange]:
    places = [_ranks({name: lines[side] for name, lines in both.items()}) for side in (0, 1)]
    return [
        RankChange(coating=name, a=places[0].get(name), b=places[1].get(name))
        for name in both
        if places[0].get(name) != places[1].get(name)
    ]


def _ranks(lines: Mapping[str, Line]) -> dict[str, int]:
    ranked = {name: line["rank"] for name, line in lines.items() if line["rank"] is not None}
    return dict(zip(ranked, ranks(list(ranked.values())).tolist(), strict=True)) if ranked else {}


def _crossings(both: Mapping[str, tuple[Line, Line]]) -> list[Crossing]:
    return [
        Crossing(coating=name, criterion=criterion, a=passed, b=b["passes"][criterion])
        for name, (a, b) in both.items()
        for criterion, passed in a["passes"].items()
        if {passed, b["passes"].get(criterion)} == {True, False}
    ]


def _movements(both: Mapping[str, tuple[Line, Line]], least: Mapping[str, float]) -> list[Movement]:
    found = []
    for name, lines in both.items():
        for quantity, more_than in least.items():
            a, b = (line["quantities"].get(quantity) for line in lines)
            moved = None if a is None or b is None else b - a
            if (a is None) != (b is None) or (moved is not None and abs(moved) > more_than + TIE):
                found.append(Movement(coating=name, quantity=quantity, a=a, b=b, moved_by=moved))
    return found
