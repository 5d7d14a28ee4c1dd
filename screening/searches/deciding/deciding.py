"""The phases whose energies would decide an undecided ranking.

A ranking is undecided where samples of the energies put two coatings now in one order, now in the other. Which errors
do that shows in the same samples: if a coating is the better one wherever the energy of some phase is drawn high, then
that energy is what the order turns on. The measure is the share of the variance of the difference of two coatings that
the error of a phase explains, the square of their rank correlation over the samples: if the energy were known, the
variance would be smaller by this share. It includes what the phase has in common with phases that err as it does,
which would be known better too. So the first phase is the one that explains most, the second the one that explains most
of what the first leaves, and so on: forward selection.

Of many phases some are correlated with any difference by chance. What is not larger than the largest share of as many
errors that have nothing to do with it is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, rankdata

from screening.coatings.coating_documents import Verdict
from screening.coatings.ranking_uncertainty import order_rule, undecided_pairs
from screening.coatings.samples import Sampling
from screening.energies.measured.anchored_table import ORIGIN as MEASURED
from screening.phases.phase_set import PhaseSet
from screening.searches.deciding.deciding_documents import DecidingEnergies, DecidingPhase, UndecidedPair
from screening.searches.missing.needed import competing_phases
from screening.uncertainty import error_model

Floats = NDArray[np.float64]

_NOTHING = 1e-6


class Deciding(NamedTuple):
    """How much one phase's energy would decide."""

    phase: int  # its place among the phases asked about
    alone: float  # share of the variance of an undecided difference that it explains, mean over all undecided pairs
    further: float  # the same, of what the phases before it leave
    by_pair: dict[tuple[str, str], float]  # the further share of each pair of which it explains more than chance


def undecided(verdicts: Mapping[str, Verdict]) -> dict[tuple[str, str], Floats]:
    """Return the pairs of coatings whose order is undecided, with the difference of their standings in each sample.

    Parameters
    ----------
    verdicts
        Coatings of one ranking, best first; those without samples or without a rank are left out.
    """
    names = [name for name, verdict in verdicts.items() if verdict.standings is not None and verdict.score is not None]
    if len(names) < 2:
        return {}
    standings = np.array([verdicts[name].standings for name in names], dtype=np.float64)
    matrix = undecided_pairs(standings)
    return {
        (names[i], names[j]): standings[i] - standings[j] for i, j in combinations(range(len(names)), 2) if matrix[i, j]
    }


def chance_share(n_phases: int, n_samples: int) -> float:
    """Return the largest share of a variance that so many unrelated errors explain by chance, one time in twenty.

    The square of a correlation of n samples without cause follows a beta distribution, of 1/2 and (n - 2)/2.
    """
    return float(beta.ppf(0.95 ** (1.0 / max(n_phases, 1)), 0.5, max(n_samples - 2, 1) / 2.0))


def deciding_phases(differences: Mapping[tuple[str, str], Floats], errors: Floats) -> list[Deciding]:
    """Return the phases whose energies would decide most, the most deciding first.

    Parameters
    ----------
    differences
        Of undecided pairs: the difference in each of s samples, (s,).
    errors
        Errors of the energies of n phases in the same samples, (s, n), eV/atom.
    """
    if not differences or not errors.size:
        return []
    least = chance_share(errors.shape[1], errors.shape[0])
    pairs = list(differences)
    left = _standard_ranks(np.array([differences[pair] for pair in pairs]).T)
    drawn = _standard_ranks(errors)
    alone = _shares(drawn, left, least).mean(axis=0)
    found = []
    for _ in range(errors.shape[1]):
        shares = _shares(drawn, left, least)
        phase = int(shares.sum(axis=0).argmax())
        if not shares[:, phase].any():
            break
        by_pair = {pairs[k]: round(float(shares[k, phase]), 6) for k in np.flatnonzero(shares[:, phase]).tolist()}
        further = round(float(shares[:, phase].mean()), 6)
        found.append(Deciding(phase, round(float(alone[phase]), 6), further, by_pair))
        direction = drawn[:, phase] / np.linalg.norm(drawn[:, phase])
        left = left - np.outer(direction, direction @ left)
        drawn = drawn - np.outer(direction, direction @ drawn)
    return found


def _shares(drawn: Floats, left: Floats, least: float) -> Floats:
    """Return the share of each difference that each error explains, (pairs, phases); zero where chance may."""
    lengths = np.linalg.norm(drawn, axis=0)
    known = lengths > _NOTHING  # what is left of an error that those before it do not tell
    directions = np.where(known, drawn / np.where(known, lengths, 1.0), 0.0)
    squares = (left.T @ directions) ** 2
    return np.where(squares > least, squares, 0.0)


def _standard_ranks(values: Floats) -> Floats:
    """Return the ranks of values in each column, centred and of length one; zeros for a column of equal values."""
    ranks: Sequence[float] = rankdata(values, axis=0)
    centred = np.asarray(ranks) - np.mean(ranks, axis=0)
    lengths = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred / np.where(lengths > 0.0, lengths, math.inf))


def deciding_energies(
    ranking_id: str,
    cathode: str,
    electrolyte: str,
    verdicts: Mapping[str, Verdict],
    sampling: Sampling,
    phases: PhaseSet,
    systems: Mapping[str, frozenset[str]],
    within_ev_per_atom: float,
) -> DecidingEnergies:
    """Find the phases whose energies would decide most of a ranking.

    Parameters
    ----------
    ranking_id, cathode, electrolyte
        The ranking.
    verdicts
        Its coatings, best first, with their standings in each sample.
    sampling
        Which samples.
    phases
        The energies it was made with.
    systems
        Chemical system of each contact, by its name.
    within_ev_per_atom
        Phases up to this energy above the hull are asked about.
    """
    differences = undecided(verdicts)
    competing = competing_phases(systems, phases, within_ev_per_atom) if differences else {}
    positions = [position for position in competing if len(phases.table.composition(position)) > 1]
    compositions = [phases.table.composition(position) for position in positions]
    model = error_model(phases.scale, sampling.model.against)
    measured = [phases.table.origin(position) == MEASURED for position in positions]
    errors = model.draw(compositions, sampling.n_samples, sampling.seed, measured) if positions else np.empty((0, 0))
    n_ranked = sum(verdict.score is not None for verdict in verdicts.values())
    return DecidingEnergies(
        energies=phases.provenance,
        ranking_id=ranking_id,
        cathode=cathode,
        electrolyte=electrolyte,
        sampling=sampling,
        decided_at_probability=order_rule().decided_at_probability,
        n_pairs=n_ranked * (n_ranked - 1) // 2,
        n_undecided=len(differences),
        within_mev_per_atom=1000.0 * within_ev_per_atom,
        n_phases=len(positions),
        chance_share=round(chance_share(len(positions), sampling.n_samples), 6),
        deciding=[
            DecidingPhase(
                id=phases.table.id(positions[one.phase]),
                formula=phases.formula(positions[one.phase]),
                space_group=phases.table.space_group(positions[one.phase]),
                energy_above_hull_ev_per_atom=competing[positions[one.phase]].above_hull_ev_per_atom,
                share_alone=one.alone,
                share=one.further,
                decides=[
                    UndecidedPair(better=better, worse=worse, share=share)
                    for (better, worse), share in sorted(one.by_pair.items(), key=lambda item: (-item[1], item[0]))
                ],
                systems=competing[positions[one.phase]].contacts,
            )
            for one in deciding_phases(differences, errors)
        ],
    )
