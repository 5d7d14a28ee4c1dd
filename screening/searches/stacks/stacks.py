"""The best coatings of one or two layers between a cathode and an electrolyte.

A stack is a path cathode | layer | electrolyte or cathode | layer 1 | layer 2 | electrolyte. It is as good as its
weakest contact: stacks are ranked by the lowest closed mutual reaction energy of their contacts, the cathode's at its
worst state of charge; those equal in it by the sum over their contacts. Coatings that do not react at all in closed
contacts are many, and stacks of them more. Those are ranked by the same two numbers of their contacts open to lithium
at the potentials of the cathode's states of charge, each at its worst potential. The other way round, the open contacts
count first and then the closed. What is still equal is ranked by the electrochemical windows of the layers, the
narrower one first: a higher oxidation limit is better, and at the same a lower reduction limit.

The energies are those of Zhao et al. (ACS Nano), eqs 1-5, and Richards et al., Chem. Mater. 28, 266 (2016).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.coatings.contacts import Contact, Pair, bare_meetings, coating_meetings, contacts, layer_meetings
from screening.coatings.tasks import Batch, ContactBatch, PropertiesBatch
from screening.common.errors import CalculationError, CoatscreenError, InputError
from screening.common.ties import first_lowest, ranks
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import STABILITY
from screening.energies.source import EnergySource
from screening.hull.reservoir import Reservoir
from screening.materials.material import Material
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.compound import mutual_mev
from screening.searches.stacks.search import Path, best_pairs, best_single
from screening.searches.stacks.stack_documents import (
    ClosedPath,
    Ensemble,
    Layer,
    OpenPath,
    Stack,
    StacksDocument,
)

ENSEMBLES: tuple[Ensemble, Ensemble] = ("closed", "open")


def best_stacks(
    energies: EnergySource,
    cathode: CathodeDocument,
    electrolyte: Material,
    coatings: Sequence[Material],
    properties: Sequence[PropertiesBatch | None],
    on_cathode: Sequence[ContactBatch | None],
    on_electrolyte: Sequence[ContactBatch | None],
    open_on_electrolyte: Sequence[ContactBatch | None],
    criterion: Criterion,
    ranked_by: Ensemble,
    top: int,
    failed: Mapping[str, str],
) -> StacksDocument:
    """Find the best stacks of one and of two layers, exactly.

    The interface of two coatings is computed only where the outer contacts alone leave the pair a place among the
    best; see :mod:`screening.searches.stacks.search`.

    Parameters
    ----------
    energies
        Where the energies come from.
    cathode, electrolyte
        The neighbours that the layers were computed with.
    coatings
        What may be a layer.
    properties, on_cathode, on_electrolyte, open_on_electrolyte
        What was computed of them, batch by batch; None where a job failed.
    criterion
        The one on phase stability. A coating that fails it is left out; one of which no phase is known stays.
    ranked_by
        Which contacts count first.
    top
        How many stacks of one and of two layers are wanted.
    failed
        Coatings that cannot be a layer, found before, and why.

    Raises
    ------
    InputError
        If no coating is left.
    CalculationError
        If the bare interface cannot be computed.
    """
    phases = energies.open()
    parts = {
        "stability and window": _joined(properties),
        "contacts with the cathode": _joined(on_cathode),
        "contacts with the electrolyte": _joined(on_electrolyte),
        "open contacts with the electrolyte": _joined(open_on_electrolyte),
    }
    failed, layers = dict(failed), []
    for coating in sorted(coatings, key=lambda one: one.name):
        layer = _layer(coating, parts)
        if isinstance(layer, str):
            failed[coating.name] = layer
            continue
        above = layer.energy_above_hull_mev_per_atom
        if criterion.judge({STABILITY: above}) is False:
            failed[layer.coating] = f"{above:.1f} meV/atom above the hull, more than {criterion.at_most:g}"
        else:
            layers.append(layer)
    if not layers:
        name, why = next(iter(failed.items()))
        raise InputError(f"no coating is left as a layer: {name}: {why}")
    kinds: tuple[Ensemble, ...] = ENSEMBLES if ranked_by == "closed" else ENSEMBLES[::-1]
    potentials = [Reservoir({"Li": state.lithium.mu_li_ev}) for state in cathode.states]

    def inner(kind: int, i: int, j: int) -> float:
        held = [None] if kinds[kind] == "closed" else potentials
        try:
            return -min(mutual_mev(phases, layers[i].reactant, layers[j].reactant, reservoir) for reservoir in held)
        except CoatscreenError as error:
            failed[f"{layers[i].coating}|{layers[j].coating}"] = str(error)
            return math.inf

    left = [[-layer.on_cathode(kind) for layer in layers] for kind in kinds]
    right = [[-layer.on_electrolyte(kind) for layer in layers] for kind in kinds]
    narrower = [tuple(row) for row in ranks([layer.window for layer in layers]).tolist()]
    windows = {window: place for place, window in enumerate(sorted(set(narrower)))}
    orders = [windows[window] for window in narrower]
    single = best_single(left, right, orders, top)
    double = best_pairs(left, right, orders, inner, top)
    between = _Between(phases, cathode, electrolyte)
    one = [between.stack([layers[i] for i in path.places], path.rank) for path in single]
    two = [between.stack([layers[i] for i in path.places], path.rank) for path in double.best]
    gain = dict(zip(kinds, _second_layer(single, double.best), strict=True)) if two else {}
    return StacksDocument(
        energies=phases.provenance,
        cathode=cathode.cathode,
        electrolyte=electrolyte.name,
        ranked_by=ranked_by,
        criterion=criterion,
        n_coatings=len(layers),
        bare_worst_mutual_mev_per_atom=between.bare["closed"],
        bare_worst_mutual_mev_per_closed_atom=between.bare["open"],
        one_layer=one,
        two_layers=two,
        second_layer_gain_mev_per_atom=gain.get("closed"),
        second_layer_gain_mev_per_closed_atom=gain.get("open"),
        n_pairs=len(layers) * (len(layers) - 1),
        n_pairs_computed=double.n_computed,
        failed=failed,
    )


def _second_layer(single: Sequence[Path], double: Sequence[Path]) -> list[float]:
    """Return how much less the best stack of two layers reacts than the best of one, in each kind of contacts."""
    return [_gain(one[0], two[0]) for one, two in zip(single[0].costs, double[0].costs, strict=True)]


def _joined(batches: Sequence[Batch[Any] | None]) -> Batch[Any]:
    """Put batches into one."""
    there = [batch for batch in batches if batch is not None]
    return Batch[Any](
        results={material: found for batch in there for material, found in batch.results.items()},
        failed={material: why for batch in there for material, why in batch.failed.items()},
    )


def _layer(coating: Material, parts: Mapping[str, Batch[Any]]) -> Layer | str:
    """Join what was computed of one coating, or say what was not."""
    material = coating.reactant
    for what, batch in parts.items():
        if material not in batch.results:
            return f"{what}: {batch.failed.get(material, 'the job computing it failed')}"
    alone, *met = (batch.results[material] for batch in parts.values())
    for what, why in alone.failed.items():
        return f"{what}: {why}"
    energies: dict[tuple[Pair, Ensemble], dict[str, float]] = {}
    for contact in (contact for found in met for contact in found):
        if contact.mutual_mev is None:
            return f"{contact.name}: {contact.why_missing}"
        state = contact.reservoir_state or contact.cathode_state or ""
        energies.setdefault((contact.contact, _ensemble(contact)), {})[state] = contact.mutual_mev
    above = alone.stability.energy_above_hull_ev_per_atom
    return Layer(
        coating=coating.name,
        formula=coating.formula,
        reactant=material,
        energy_above_hull_mev_per_atom=None if above is None else round(1000.0 * above, 6),
        reduction_limit_v=alone.window.reduction_limit_v,
        oxidation_limit_v=alone.window.oxidation_limit_v,
        mutual_cathode_mev_per_atom=energies["coating|cathode", "closed"],
        mutual_electrolyte_mev_per_atom=energies["coating|electrolyte", "closed"][""],
        mutual_cathode_mev_per_closed_atom=energies["coating|cathode", "open"],
        mutual_electrolyte_mev_per_closed_atom=energies["coating|electrolyte", "open"],
    )


class _Between:
    """A cathode and an electrolyte, to describe stacks between them."""

    def __init__(self, phases: PhaseSet, cathode: CathodeDocument, electrolyte: Material) -> None:
        self.phases = phases
        self.cathode = cathode
        self.electrolyte = electrolyte
        self.on_cathode = cache(lambda coating: contacts(phases, coating_meetings(coating, cathode, None)))
        self.on_electrolyte = cache(
            lambda coating: contacts(
                phases,
                [
                    *coating_meetings(coating, None, electrolyte.reactant),
                    *coating_meetings(coating, cathode, electrolyte.reactant),
                ],
            )
        )
        bare = contacts(phases, bare_meetings(cathode, electrolyte.reactant))
        self.bare = {kind: _energy(_weakest(bare, kind)) for kind in ENSEMBLES}

    def stack(self, layers: list[Layer], rank: int) -> Stack:
        """Describe a stack with all its contacts."""
        first, last = layers[0].reactant, layers[-1].reactant
        met = [
            *self.on_cathode(first),
            *(contacts(self.phases, layer_meetings(first, last, self.cathode)) if len(layers) > 1 else []),
            *self.on_electrolyte(last),
        ]
        closed, opened = (self._path(layers, met, kind) for kind in ENSEMBLES)
        return Stack(rank=rank, layers=layers, closed=ClosedPath(**closed), open=OpenPath(**opened), interfaces=met)

    def _path(self, layers: list[Layer], found: Sequence[Contact], kind: Ensemble) -> dict[str, Any]:
        """Describe the closed or the open contacts of a stack by the weakest of them."""
        weakest = _weakest(found, kind)
        worst = _energy(weakest)
        met = {contact.contact: contact for contact in found}
        total = sum(_energy(_weakest([c for c in found if c.contact == pair], kind)) for pair in met)
        unit = "mev_per_atom" if kind == "closed" else "mev_per_closed_atom"
        return {
            "contact": self._name(layers, weakest) if worst < 0.0 else None,
            f"worst_mutual_{unit}": worst,
            f"sum_mutual_{unit}": round(total, 6) + 0.0,
            f"gain_over_bare_{unit}": _gain(-self.bare[kind], -worst),
        }

    def _name(self, layers: list[Layer], contact: Contact) -> str:
        """Name a contact of a stack by its materials, from the cathode to the electrolyte."""
        name = {
            "coating|cathode": f"{self.cathode.cathode} {contact.cathode_state}|{layers[0].coating}",
            "coating|coating": "|".join(layer.coating for layer in layers),
            "coating|electrolyte": f"{layers[-1].coating}|{self.electrolyte.name}",
        }[contact.contact]
        held = contact.reservoir_state
        return name if held is None or contact.cathode_state else f"{name} at mu({held})"


def _ensemble(contact: Contact) -> Ensemble:
    return "closed" if contact.reservoir_state is None else "open"


def _weakest(found: Sequence[Contact], kind: Ensemble) -> Contact:
    """Return the contact that reacts most among the closed or the open ones, of equal ones the first."""
    met = [contact for contact in found if _ensemble(contact) == kind]
    return met[first_lowest([_energy(contact) for contact in met])]


def _energy(contact: Contact) -> float:
    """Return the mutual energy of a contact, meV per (closed) atom."""
    if contact.mutual_mev is None:
        raise CalculationError(f"{contact.name}: {contact.why_missing}")
    return contact.mutual_mev


def _gain(before: float, after: float) -> float:
    """Return how much less reacts, from how much reacted before and after; all in the same unit."""
    return round(before - after, 6) + 0.0
