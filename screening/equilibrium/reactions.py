"""The reactions of many contacts at once, each as :meth:`screening.equilibrium.interface.Interface.reaction` has it.

Where the compiled core is used, one call follows all lines; only the documents are made one by one. What the core
cannot compute, and everything where there is none, is asked of an interface.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import Reactants, Reaction
from screening.equilibrium.reactant import clean
from screening.equilibrium.reaction_writer import Lowest, ReactionWriter, reactant_document
from screening.equilibrium.survey import Pair, Survey
from screening.hull.compiled.lines import Field
from screening.phases.phase_set import PhaseSet


def reactions(phases: PhaseSet, pairs: Sequence[Pair]) -> list[Reaction | str]:
    """Compute the reactions of contacts.

    Parameters
    ----------
    phases
        The energies.
    pairs
        What meets, each in one reservoir at most.

    Returns
    -------
    list
        For each contact its reaction, or why there is none.
    """
    survey = Survey([phases])
    found: dict[int, Reaction] = {}
    followed, lines = survey.lines_of(pairs, products=True)
    if lines is not None:
        alone = {
            name: reactant_document(survey.reactant(name))
            for name in dict.fromkeys(name for k in followed for name in (pairs[k].a, pairs[k].b))
        }
        for k, record, mutual, shares, total, shares_total in zip(
            followed, *(of_lines[:, 0].tolist() for of_lines in lines), strict=True
        ):
            if math.isnan(record[Field.MUTUAL]):
                continue
            a, b, held = pairs[k]
            writer = ReactionWriter(phases, survey.reactant(a), survey.reactant(b), held[0] if held else None)
            found[k] = writer.reaction(
                Lowest(record[Field.TOTAL], record[Field.X_TOTAL], _present(total, shares_total)),
                Lowest(record[Field.MUTUAL], record[Field.X_MUTUAL], _present(mutual, shares)),
                clean(record[Field.SELF_TO]),
                clean(record[Field.SELF_FROM]),
                Reactants(a=alone[a], b=alone[b]),
            )
    return [found[k] if k in found else _one_by_one(phases, pair) for k, pair in enumerate(pairs)]


def _present(positions: list[int], shares: list[float]) -> dict[int, float]:
    return {position: share for position, share in zip(positions, shares, strict=True) if position >= 0}


def _one_by_one(phases: PhaseSet, pair: Pair) -> Reaction | str:
    try:
        return Interface(phases, pair.a, pair.b, pair.reservoirs[0] if pair.reservoirs else None).reaction()
    except CoatscreenError as error:
        return str(error)
