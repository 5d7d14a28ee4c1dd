"""Rankings as tables, as rows and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from coatscreen.forms import TEXT_TABLES, Format, print_text_table
from coatscreen.output import document, json_text, number, print_energies, print_json_list, print_table, say
from screening.criteria.contact_names import contact_quantity
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import COST, GAIN, OXIDATION, REDUCTION, STABILITY, WORST, WORST_CONTACT, quantity

if TYPE_CHECKING:
    from pydantic import BaseModel

    from screening.coatings.coating_documents import BareInterface
    from screening.coatings.ranking import RankingHeader

Line = Mapping[str, Any]  # a coating of a ranking, as CoatingDatabase.lines yields it
_MARKS = {True: "yes", False: "NO", None: "?"}


def print_ranking(header: RankingHeader, coatings: Iterable[Line], form: Format = Format.table) -> None:
    """Print a ranking as a table a person can read: in a terminal with what its columns mean, or for a paper."""
    lines = list(coatings)
    bare = header.bare_interface
    faces = _closed_faces(lines)
    uncertain = header.sampling is not None
    columns = [
        "rank",
        *(["undecided"] if uncertain else []),
        "coating",
        "tier",
        "worst",
        "worst contact",
        *faces,
        "gain",
        "above hull",
        "window (V)",
        "fails",
        *(["passes (%)"] if uncertain else []),
        "Pareto",
        "film (ohm cm2)",
        "$/kg",
    ]
    rows = []
    for line in lines:
        quantities = line["quantities"]
        rows.append(
            [
                "-" if line["rank"] is None else str(line["rank"]),
                *([_undecided(line)] if uncertain else []),
                line["coating"],
                str(line["tier"]),
                _number(line, WORST_CONTACT) + _worst_interval(line),
                line["worst_contact"] or "-",
                *(number(quantities.get(name), 1) for name in faces.values()),
                _number(line, GAIN),
                _number(line, STABILITY, "no phase"),
                _window(line),
                ", ".join(
                    f"{name}{'' if ok is False else '?'}" for name, ok in line["passes"].items() if ok is not True
                ),
                *([_passing(line)] if uncertain else []),
                number(line["pareto_rank"]),
                _film(line),
                _number(line, COST),
            ]
        )
    numeric = {"rank", "worst", *faces, "gain", "above hull", "window (V)", "tier", "Pareto", "film (ohm cm2)", "$/kg"}
    if form in TEXT_TABLES:
        print_text_table(form, columns, rows, numeric, header.energies)
        return
    worst = None if bare is None else bare.worst_mutual_mev_per_atom
    print_table(
        columns,
        rows,
        f"Coatings on {header.cathode} against {header.electrolyte}. Mutual reaction energies: the worst of all "
        "contacts, meV per atom that is not exchanged, and the closed ones, meV/atom; the bare interface has "
        f"{number(worst, 1)} closed",
        numeric=numeric,
        importance=["coating", "rank", "tier", "worst", "fails", *faces, "window (V)", "gain", "passes (%)"],
        elsewhere="--format csv",
    )
    for line in lines:
        if line["components"]:
            say(_composite(line))
    for line in lines:
        if line["why_missing"]:
            say(f"{line['coating']}: {line['why_missing']}")
    say(
        "ranked by tier, then by the worst contact; tier 1: all criteria passed, 2: some unknown (?), 3: one failed, "
        "4: more failed; gain: less reaction than bare, closed, meV/atom"
    )
    say("criteria: " + "; ".join(map(threshold, header.criteria.values())))
    if bare is not None:
        for said in _neighbours(bare):
            say(said)
    if uncertain:
        say("passes: in how many of the samples all criteria are passed")
        say(_order_legend(lines))
    uncertainty = next((line["uncertainty"] for line in lines if line["uncertainty"]), None)
    print_energies(header.energies, None if uncertainty is None else _read_uncertainty(uncertainty))


def threshold(criterion: Criterion) -> str:
    """Write a criterion with its threshold."""
    return f"{criterion.name}: {limit(criterion)}"


def limit(criterion: Criterion) -> str:
    """Write the threshold of a criterion, ``oxidation_limit_v >= 4`` say."""
    sign, value = (">=", criterion.at_least) if criterion.at_most is None else ("<=", criterion.at_most)
    return f"{criterion.quantity} {sign} {value:g}"


def rows(header: RankingHeader, coatings: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """Yield each coating of a ranking as one flat row: numbers, marks, and which energies they came from."""
    energies = f"{header.energies.name}, version {header.energies.version}"
    for line in coatings:
        row = {
            "rank": line["rank"],
            "coating": line["coating"],
            "formula": line["formula"],
            "cathode": line["cathode"],
            "electrolyte": line["electrolyte"],
            "energies": energies,
            "energies_sha256": header.energies.sha256,
            "tier": line["tier"],
            "worst_contact": line["worst_contact"],
            **line["quantities"],
            "pareto_rank": line["pareto_rank"],
            "contains_li": line["contains_li"],
            **{f"passes {name}": _MARKS[passed] for name, passed in line["passes"].items()},
            "why_missing": line["why_missing"],
            **_uncertainty_row(line),
        }
        given = line.get("columns") or {}
        yield row | {name if name not in row else f"{name} (given)": text for name, text in given.items()}


def print_rankings_json(
    rankings: Iterable[tuple[BaseModel, Iterable[BaseModel]]], failed: Mapping[str, str] | None = None
) -> None:
    """Print ``{"rankings": [...]}``, one coating after the other, so that many take no memory.

    Parameters
    ----------
    rankings
        What each rests on, and its coatings.
    failed
        Candidates that could not be screened at all, with the reasons, for the key ``failed``; None for no such key.
    """
    out = sys.stdout
    out.write('{\n  "rankings": [')
    for place, (header, coatings) in enumerate(rankings):
        data = header.model_dump(mode="json", exclude={"ranking"})
        origin = {name: data.pop(name) for name in ("energies", "software")}
        out.write(f"{',' if place else ''}\n    {{\n")
        for name, value in data.items():
            out.write(f"      {json_text(name)}: {json_text(value, 3)},\n")
        out.write('      "ranking": ')
        print_json_list(map(document, coatings), 3)
        for name, value in origin.items():
            out.write(f",\n      {json_text(name)}: {json_text(value, 3)}")
        out.write("\n    }")
    end = "" if failed is None else f',\n  "failed": {json_text(dict(failed), 1)}'
    out.write(f"\n  ]{end}\n}}\n")


def _neighbours(bare: BareInterface) -> Iterator[str]:
    """Say which lithium potentials the open contacts are at, and which neighbour is no phase of the energies."""
    held = {c.reservoir_state: c.lithium for c in bare.interfaces if c.reservoir_state is not None}
    at = [f"{state} {one.mu_li_ev:.2f} eV ({one.origin})" for state, one in held.items() if one is not None]
    if at:
        yield f"open contacts, mu_Li against lithium metal: {', '.join(at)}"
    for name, found in bare.stability.items():
        if found.energy == "hull":
            yield f"{name}: no known phase; it has the energy of its decomposition"


def _closed_faces(lines: Iterable[Line]) -> dict[str, str]:
    """Return the quantity of each closed contact by what is met there, composites' phases taken together."""
    faces: dict[str, str] = {}
    for line in lines:
        for name in line["quantities"]:
            face = name.removeprefix("mutual_").removesuffix("_mev_per_atom").replace("_", " ")
            if contact_quantity(face) == name and name != WORST:
                faces.setdefault(face, name)
    return faces


def _number(line: Line, name: str, missing: str = "-") -> str:
    return number(line["quantities"].get(name), quantity(name).digits, missing)


def _film(line: Line) -> str:
    """Write the resistance of the film to lithium, of a range of conductivities from low to high."""
    known = (line.get("transport") or {}).get("film_resistance")
    if known is None:
        return "-"
    low, high = (number(known[end], None) for end in ("low_ohm_cm2", "high_ohm_cm2"))
    return low if low == high else f"{low} to {high}"


def _uncertainty_row(line: Line) -> Mapping[str, Any]:
    """Flatten what samples of the energies say; the columns are there without them too."""
    cells = _without_samples(tuple(line["quantities"]), tuple(line["passes"]))
    uncertainty = line["uncertainty"]
    if uncertainty is None:
        return cells
    found: dict[str, Any] = {**cells}
    for name, interval in uncertainty["intervals"].items():
        if interval is not None and f"{name} 5 %" in cells:
            found[f"{name} 5 %"], found[f"{name} 95 %"] = interval["low"], interval["high"]
    for name in line["passes"]:
        found[f"probability passes {name}"] = uncertainty["probability_of_passing"].get(name)
    ranks, marks = uncertainty["probability_of_rank"], uncertainty["undecided"]
    found["probability passes all"] = uncertainty["probability_of_passing_all"]
    found["probability of its rank"] = None if ranks is None else ranks.get(str(line["rank"]), 0.0)
    found["undecided"] = None if marks is None else " ".join(marks)
    return found


@cache
def _without_samples(quantities: tuple[str, ...], criteria: tuple[str, ...]) -> Mapping[str, None]:
    uncertain = [name for name in quantities if quantity(name).from_energies]
    return dict.fromkeys(
        [
            *(f"{name} {cut} %" for name in uncertain for cut in (5, 95)),
            *(f"probability passes {name}" for name in criteria),
            "probability passes all",
            "probability of its rank",
            "undecided",
        ]
    )


def _undecided(line: Line) -> str:
    marks = (line["uncertainty"] or {}).get("undecided")
    return "?" if marks is None and line["rank"] is not None else " ".join(marks or [])


def _worst_interval(line: Line) -> str:
    interval = (line["uncertainty"] or {}).get("intervals", {}).get(WORST_CONTACT)
    return "" if interval is None else f" [{number(interval['low'], 1)} to {number(interval['high'], 1)}]"


def _passing(line: Line) -> str:
    passing = (line["uncertainty"] or {}).get("probability_of_passing_all")
    return number(None if passing is None else 100.0 * passing, 0, "?")


def _order_legend(lines: Iterable[Line]) -> str:
    """Say what the letters of undecided orders mean, or why there are none."""
    scored = [line["uncertainty"] for line in lines if line["rank"] is not None]
    if not scored or any(one is None or one.get("undecided") is None for one in scored):
        return (
            "undecided: ?, since not all of these coatings were screened in the same samples; "
            "run them together with --uncertainty"
        )
    return (
        "undecided: two coatings share a letter where the one above is the better one in less than "
        f"{100 * scored[0]['decided_at_probability']:g} % of the samples, and only there"
    )


def _read_uncertainty(data: Mapping[str, Any]) -> Any:
    from screening.coatings.coating_documents import CoatingUncertainty

    return CoatingUncertainty.model_validate(data)


def _composite(line: Line) -> str:
    """Say of a composite what it consists of, which phases limit its window, and which contact is its worst."""
    parts = ", ".join(f"{100 * fraction:.3g} mol% {phase}" for phase, fraction in (line["components"] or {}).items())
    said = [f"{line['coating']}: {parts}"]
    window = line["window"] or {}
    limits = {"reduction": window.get("reduction_limited_by"), "oxidation": window.get("oxidation_limited_by")}
    said += [f"{end} limited by {phase}" for end, phase in limits.items() if phase is not None]
    if line["worst_contact"] is not None:
        said.append(f"worst contact: {line['worst_contact']}")
    return "; ".join(said)


def _window(line: Line) -> str:
    """Write the window; what gives up no lithium has no upper end."""
    quantities = line["quantities"]
    if quantities.get(REDUCTION) is None:
        return "-"
    return f"{_number(line, REDUCTION)} to {_number(line, OXIDATION, 'none')}"
