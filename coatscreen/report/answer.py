"""What a ranking says, in sentences: which coatings, how sure, and what nothing is known of."""

from __future__ import annotations

from collections.abc import Sequence

from coatscreen.output import number
from coatscreen.rankings import Line
from screening.coatings.ranking import RankingHeader
from screening.criteria.contact_names import is_open
from screening.criteria.quantities import WORST_CONTACT

_NAMED = 3  # coatings in a sentence


def answer(header: RankingHeader, lines: Sequence[Line]) -> list[str]:
    """Say which coatings are best, how they are judged, and how sure their order is.

    Parameters
    ----------
    header
        What the ranking rests on.
    lines
        Its coatings, best first, as :meth:`screening.database.CoatingDatabase.lines` yields them.
    """
    ranked = [line for line in lines if line["rank"] is not None]
    passing = [line for line in ranked if line["tier"] == 1]
    between = f"between {header.cathode} and {header.electrolyte}"
    if not ranked:
        return [f"None of {_counted(len(lines), 'coating')} {between} could be screened."]
    sentences = [
        f"Of {_counted(len(lines), 'coating')} {between}, {_verb(len(passing), 'passes', 'pass')} all criteria."
    ]
    best = ranked[:_NAMED]
    sentences.append(
        f"{'The best is' if len(best) == 1 else 'The best are'} "
        + "; ".join(f"{line['coating']} ({_worst(line)})" for line in best)
        + "."
    )
    bare = None if header.bare_interface is None else header.bare_interface.worst_mutual_mev_per_atom
    if bare is not None:
        sentences.append(f"Without a coating the two react with up to {number(bare, 1)} meV/atom, closed.")
    sentences += _sureness(best[0], ranked) if header.sampling is not None else [_NOT_SAMPLED]
    lost = len(lines) - len(ranked)
    if lost:
        sentences.append(f"{_counted(lost, 'coating')} could not be screened; the table says why.")
    return sentences


_NOT_SAMPLED = (
    "How sure this is has not been computed: coatscreen run --uncertainty draws samples of the energies, for intervals."
)


def _sureness(best: Line, ranked: Sequence[Line]) -> list[str]:
    """Say how far the samples of the energies decide on the best coating."""
    uncertainty = best["uncertainty"]
    if uncertainty is None:
        return [f"{best['coating']} has no samples of the energies, so how sure its place is remains unknown."]
    said = []
    passing = uncertainty["probability_of_passing_all"]
    if passing is not None:
        share = f"{number(100 * passing)} % of the samples of the energies"
        said.append(f"{best['coating']} passes all criteria in {share}.")
    letters = set(uncertainty["undecided"] or ())
    alike = [
        line["coating"]
        for line in ranked[1:]
        if line["uncertainty"] and letters & set(line["uncertainty"]["undecided"] or ())
    ]
    at = f"{number(100 * uncertainty['decided_at_probability'])} %"
    if uncertainty["undecided"] is None:
        said.append("Not all coatings were sampled alike, so whether its place is decided is unknown.")
    elif alike:
        more = f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
        said.append(
            f"These energies cannot decide whether it is better than {', '.join(alike[:_NAMED])}{more}: it is so in "
            f"fewer than {at} of the samples."
        )
    elif len(ranked) > 1:
        said.append(f"It is better than each of the others in at least {at} of the samples.")
    return said


def _worst(line: Line) -> str:
    """Return the tier and the worst contact of a coating, with its interval."""
    value = line["quantities"].get(WORST_CONTACT)
    if value is None:
        return f"tier {line['tier']}"
    interval = ((line["uncertainty"] or {}).get("intervals") or {}).get(WORST_CONTACT)
    spread = "" if interval is None else f" [{number(interval['low'], 1)} to {number(interval['high'], 1)}]"
    unit = "meV/non-Li atom" if is_open(line["worst_contact"]) else "meV/atom"
    return f"tier {line['tier']}, worst contact {line['worst_contact']}, {number(value, 1)}{spread} {unit}"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _verb(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}" if n else f"none {one}"
