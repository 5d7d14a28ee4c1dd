"""Whether a reaction free energy counts as a reaction, by the limits of ``data/annealing.yaml``."""

from __future__ import annotations

from screening.heat.annealing.annealing_documents import Verdict
from screening.heat.annealing.conditions import annealing_data


def verdict_on(energy_ev: float) -> Verdict:
    """Return the verdict on a reaction free energy, eV per atom that is not exchanged."""
    data = annealing_data()
    if energy_ev >= -data.stable_within_ev_per_closed_atom.value:
        return "stable"
    return "undecided" if energy_ev >= -data.undecided_within_ev_per_closed_atom.value else "reacts"
