"""Making the document of a report from what the database holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coatscreen.output import number
from coatscreen.rankings import Line, rows, threshold
from coatscreen.report.answer import answer
from coatscreen.report.contacts import contact_reports
from coatscreen.report.report_documents import Cell, CoatingDetails, Column, Face, RankingReport
from screening.coatings.coating_documents import BareInterface, CoatingDocument
from screening.coatings.ranking import RankingHeader
from screening.criteria.contact_names import face_named, is_open
from screening.criteria.quantities import WORST_CONTACT, quantity, registered
from screening.figures.heatmap import darkest_mev
from screening.phases.phase_set import PhaseSet

if TYPE_CHECKING:
    from screening.energies.packaged.packaged_documents import PackagedInfo

_DIGITS = 6


def ranking_report(
    header: RankingHeader,
    lines: Sequence[Line],
    best: Iterable[CoatingDocument],
    phases: PhaseSet | None,
    why_no_profiles: str | None = None,
    info: PackagedInfo | None = None,
) -> RankingReport:
    """Make the report of one ranking.

    Parameters
    ----------
    header
        What the ranking rests on.
    lines
        Its coatings, best first, as :meth:`screening.database.CoatingDatabase.lines` yields them.
    best
        Those whose contacts, products and reactions are shown.
    phases
        The energies of the ranking, for the profiles; None where they are not at hand.
    why_no_profiles
        Why they are not.
    info
        What is known of the energies, if they are packaged ones.
    """
    bare = header.bare_interface
    data = _columns(rows(header, lines))
    return RankingReport(
        cathode=header.cathode,
        electrolyte=header.electrolyte,
        answer=answer(header, lines),
        n_coatings=len(lines),
        columns=[_column(name) for name in sorted(data.keys() & registered().keys(), key=_place)],
        faces=_faces(data, bare),
        darkest_mev=darkest_mev((value for line in lines for value in line["score_parts"].values()), bare),
        data=data,
        details={coating.coating: _details(coating, phases) for coating in best},
        bare=None if bare is None else contact_reports(bare.interfaces, phases),
        state_voltages_v=_state_voltages(bare),
        criteria=list(header.criteria.values()),
        criteria_text=list(map(threshold, header.criteria.values())),
        energies=header.energies,
        energies_error=list(_energies_error(header, info)),
        sampled=header.sampling is not None,
        profiles=why_no_profiles,
    )


def _columns(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Cell]]:
    """Turn rows into columns; what a row lacks is None."""
    table: dict[str, list[Cell]] = {}
    n_rows = 0
    for line in lines:
        for name, value in line.items():
            column = table.setdefault(name, [])
            column.extend([None] * (n_rows - len(column)))
            column.append(_cell(value))
        n_rows += 1
    return {name: column + [None] * (n_rows - len(column)) for name, column in table.items()}


def _cell(value: Any) -> Cell:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _column(name: str) -> Column:
    known = quantity(name)
    return Column(name=name, label=known.label, about=known.description, digits=known.digits, better=known.better)


def _place(name: str) -> int:
    """Return where a quantity stands in the table: first what is ranked by."""
    return -1 if name == WORST_CONTACT else list(registered()).index(name)


def _faces(names: Iterable[str], bare: BareInterface | None) -> list[Face]:
    """Return the faces among the names of quantities, closed ones first, with the bare interface's energy there."""
    met = {contact.face: contact.mutual_mev for contact in (bare.interfaces if bare is not None else [])}
    faces = []
    for name in names:
        label = face_named(name)
        if label is not None:
            bare_mev = met.get(label.replace("cathode", "bare", 1))
            faces.append(Face(quantity=name, label=label, open=is_open(label), bare_mev=bare_mev))
    return sorted(faces, key=lambda face: face.open)


def _details(coating: CoatingDocument, phases: PhaseSet | None) -> CoatingDetails:
    stability, window = coating.stability, coating.window
    return CoatingDetails(
        decomposition=None if stability is None else stability.reaction,
        reduction=None if window is None else window.reduction_reaction,
        oxidation=None if window is None else window.oxidation_reaction,
        contacts=contact_reports(coating.interfaces, phases),
    )


def _state_voltages(bare: BareInterface | None) -> dict[str, float]:
    return {
        contact.reservoir_state: contact.lithium.voltage_v
        for contact in ([] if bare is None else bare.interfaces)
        if contact.reservoir_state is not None and contact.lithium is not None
    }


def _energies_error(header: RankingHeader, info: PackagedInfo | None) -> Iterator[str]:
    """Say what is known of the errors of the energies."""
    if header.sampling is not None:
        yield (
            f"Intervals are 5 to 95 % of {header.sampling.n_samples} samples of the energies, error model "
            f"{header.sampling.model.name}, seed {header.sampling.seed}."
        )
    yield from dft_error(info)


def dft_error(info: PackagedInfo | None) -> Iterator[str]:
    """Say how far packaged energies are from DFT; nothing of others."""
    error = None if info is None else info.dft_check.mean_absolute_error_ev_per_atom
    if info is not None and error is not None:
        yield (
            f"Formation energies differ by {number(1000 * error)} meV/atom on average from {info.dft_check.reference}, "
            f"over {info.dft_check.n_compounds} compounds."
        )
        yield "coatscreen reference check compares them with experiment and first principles, by class of chemistry."
