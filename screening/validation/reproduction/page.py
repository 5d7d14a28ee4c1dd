"""The page of a reproduction: each published value, ours beside it, and the reasons for the difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screening.validation.reproduction.reproduction_documents import (
    CheckedClaim,
    OurValue,
    ReproducedPaper,
    ReproducedQuantity,
    ReproductionDocument,
)

CONVENTIONS = (
    "*mutual*: counted from what each reactant becomes alone, and so independent of the energy a reactant itself has. "
    "*total, own*: counted from the reactants, each at the energy of its own phase where one is known. *total, hull*: "
    "counted from the reactants at the energy of the hull; in a closed system this is the mutual energy. The "
    "difference is ours less published, in the convention that the paper defines; if it defines none, the mutual one."
)


def page(document: ReproductionDocument) -> str:
    """Write the whole reproduction as Markdown."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: ReproductionDocument) -> Iterator[str]:
    energies = document.energies
    yield "# The papers' results beside ours"
    yield ""
    yield f"Energies: {energies.name}, version {energies.version}, {energies.n_phases} phases; {energies.functional}; "
    yield f"corrections: {energies.correction}. Nothing is tuned to these numbers."
    yield ""
    if document.samples is not None:
        yield (
            f"In brackets: 5 to 95 % of {document.samples.n_samples} samples of the energies, error model "
            f"{document.samples.model.name}, seed {document.samples.seed}."
        )
    else:
        yield f"No intervals: {document.why_missing}."
    yield ""
    yield CONVENTIONS
    for paper in document.papers:
        yield from _paper(paper)


def _paper(paper: ReproducedPaper) -> Iterator[str]:
    yield ""
    yield f"## {paper.key}: {paper.citation}"
    yield ""
    yield f"{paper.about[0].upper()}{paper.about[1:]}."
    if paper.uncalibrated_elements:
        yield f"The error model was not calibrated on {', '.join(paper.uncalibrated_elements)}."
    yield ""
    if not paper.quantities:
        yield "No number of this paper was computed."
    else:
        yield "| quantity | system | unit | published | ours | difference |"
        yield "|---|---|---|---|---|---|"
        for quantity in paper.quantities:
            yield _row(
                quantity.quantity,
                system_text(quantity),
                quantity.unit,
                f"{quantity.published:g}" + ("" if quantity.verified else " (from a transcription)"),
                "; ".join(f"{value.convention}: {value_text(quantity, value)}" for value in quantity.values)
                or f"not computed: {quantity.why_missing}",
                difference_text(quantity),
            )
        yield from _explanations(paper)
    if paper.claims:
        yield ""
        yield "| claim | verdict | samples | rests on |"
        yield "|---|---|---|---|"
        for claim in paper.claims:
            yield _row(claim.claim, claim.verdict, samples_text(claim), rests_on(claim))
    for figure in paper.figures:
        yield ""
        yield f"![{figure.title}]({figure.id}.png)"
        if figure.why_missing is not None:
            yield ""
            yield f"Ours is not in it: {figure.why_missing}."


def _explanations(paper: ReproducedPaper) -> Iterator[str]:
    explained = [quantity for quantity in paper.quantities if quantity.explanation]
    if explained:
        yield ""
        yield "What explains the differences:"
        yield ""
    for quantity in explained:
        yield f"- {system_text(quantity)}, {quantity.published:g} published:"
        for reason in quantity.explanation:
            yield f"  - {reason}"


def system_text(quantity: ReproducedQuantity) -> str:
    """Write what a quantity belongs to: materials, state of charge, ensemble."""
    return quantity.system + (f", {quantity.ensemble}" if quantity.ensemble else "")


def number_of(quantity: ReproducedQuantity, value: float) -> str:
    """Write a value of a quantity with the digits of its unit."""
    text = f"{value:.{0 if quantity.unit.startswith('meV') else 2}f}"
    return text.lstrip("-") if float(text) == 0 else text


def value_text(quantity: ReproducedQuantity, value: OurValue) -> str:
    """Write our value, with its interval if there is one."""
    text = number_of(quantity, value.ours)
    if value.interval is None:
        return text
    return f"{text} [{number_of(quantity, value.interval.low)} to {number_of(quantity, value.interval.high)}]"


def difference_text(quantity: ReproducedQuantity) -> str:
    """Write the difference in the convention that is compared, with its sign."""
    if quantity.value is None:
        return "-"
    text = number_of(quantity, quantity.value.difference)
    return text if text.startswith("-") else f"+{text}"


def samples_text(claim: CheckedClaim) -> str:
    """Write in which fraction of the samples a claim holds."""
    return "-" if claim.fraction_of_samples is None else f"holds in {100 * claim.fraction_of_samples:.0f} %"


def rests_on(claim: CheckedClaim) -> str:
    """Write the numbers that decide a claim, and the reason if there is no verdict."""
    numbers = "; ".join(f"{name}: {_value(value)}" for name, value in claim.numbers.items() if value not in (None, []))
    thresholds = f"thresholds: {claim.threshold_source}" if claim.threshold_source and claim.numbers else ""
    return ". ".join(part for part in (claim.why_missing or "", numbers, thresholds) if part)


def _value(value: Any) -> str:
    match value:
        case float():
            return f"{value:.4g}"
        case dict():
            return ", ".join(f"{name} {_value(inner)}" for name, inner in value.items())
        case list():
            return _list(value)
        case _:
            return str(value)


def _list(values: list[Any]) -> str:
    if not values:
        return "nowhere"
    if len(values) > 2 and all(isinstance(value, float) for value in values) and values == sorted(values):
        return f"{_value(values[0])} to {_value(values[-1])} ({len(values)} kinks)"
    return ", ".join(map(_value, values))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
