"""Annealing over a range of temperatures, and at the conditions of published coatings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from screening.common.errors import InputError
from screening.equilibrium.reactant import clean
from screening.heat.annealing.anneal import Annealing
from screening.heat.annealing.annealing_documents import (
    AnnealScan,
    ProductChange,
    PublishedAnnealing,
    PublishedAnnealings,
    Transformation,
)
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.materials.catalogue import Catalogue
from screening.materials.names import elements_named
from screening.phases.phase_set import PhaseSet
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C, check_temperature

_CHANGE_WITHIN_K = 0.5  # accuracy to which a change of products is located


class _Sample(NamedTuple):
    kelvin: float
    alone: Transformation


def anneal_scan(annealing: Annealing, temperatures_k: Sequence[float]) -> AnnealScan:
    """Compute the products of a material at several temperatures, and locate the changes of products between them.

    Parameters
    ----------
    annealing
        The material and the furnace.
    temperatures_k
        Temperatures in any order. A phase that forms and vanishes between two neighbouring ones is not found.

    Raises
    ------
    InputError
        If there is no temperature, one is outside the tables of free energies, or a gas of the furnace condenses.
    """
    if not temperatures_k:
        raise InputError("a scan needs at least one temperature")
    for temperature in temperatures_k:
        check_temperature(temperature)
    points = [annealing.at(temperature) for temperature in sorted(set(temperatures_k))]
    samples = [_Sample(point.temperature_k, point.alone) for point in points]
    changes = [change for low, high in pairwise(samples) for change in _changes(annealing, low, high)]
    onset: dict[str, float] = {}
    for sample in (samples[0], *(high for _, high in changes)):
        for product in sample.alone.products:
            if product.state == "gas":
                onset.setdefault(product.name, clean(sample.kelvin - KELVIN_AT_0_C))
    return AnnealScan(
        material=annealing.material,
        conditions=annealing.conditions,
        points=points,
        changes=[_documented(low, high) for low, high in changes],
        gas_onset_c=onset,
        observed=[o for o in annealing_data().observed if o.material == annealing.material],
        energies=annealing.phases.provenance,
    )


def anneal_published(
    phases: PhaseSet, catalogue: Catalogue | None = None, without: Sequence[str] = ()
) -> PublishedAnnealings:
    """Compute the products of each coating of ``data/annealing.yaml`` at its conditions, alone and on its cathode.

    Parameters
    ----------
    phases
        The energies at 0 K.
    catalogue
        The catalogue that holds the names; by default the packaged one.
    without
        Phases that are assumed not to form; see :class:`~screening.heat.annealing.heating.Heater`.

    Raises
    ------
    InputError
        If an element of a coating has no energies, or a phase to be left out is unknown.
    """
    found = []
    for published in annealing_data().published:
        atmosphere = Atmosphere(published.oxygen_bar, published.gas_bar)
        annealing = Annealing(phases, published.material, atmosphere, published.cathode, catalogue, without)
        found.append(
            PublishedAnnealing(
                published=published,
                anneal=annealing.at(published.temperature_c + KELVIN_AT_0_C),
                conditions=annealing.conditions,
            )
        )
    return PublishedAnnealings(coatings=found, energies=phases.provenance)


def published_systems(catalogue: Catalogue) -> list[frozenset[str]]:
    """Return the elements of each coating of ``data/annealing.yaml``, together with its cathode and furnace."""
    return [
        elements_named(one.material, catalogue).union(
            elements_named(one.cathode, catalogue),
            *(gas.composition for gas in Atmosphere(one.oxygen_bar, one.gas_bar).opened().values()),
        )
        for one in annealing_data().published
    ]


def _changes(annealing: Annealing, low: _Sample, high: _Sample) -> list[tuple[_Sample, _Sample]]:
    """Find the changes of products between two temperatures, by bisection."""
    if low.alone.product_names == high.alone.product_names:
        return []
    if high.kelvin - low.kelvin <= _CHANGE_WITHIN_K:
        return [(low, high)]
    kelvin = (low.kelvin + high.kelvin) / 2.0
    middle = _Sample(kelvin, annealing.alone(kelvin))
    return _changes(annealing, low, middle) + _changes(annealing, middle, high)


def _documented(low: _Sample, high: _Sample) -> ProductChange:
    kelvin = (low.kelvin + high.kelvin) / 2.0
    return ProductChange(
        temperature_k=clean(kelvin),
        temperature_c=clean(kelvin - KELVIN_AT_0_C),
        before=[product.name for product in low.alone.products],
        after=[product.name for product in high.alone.products],
        mass_change_before_percent=low.alone.mass_change_percent,
        mass_change_after_percent=high.alone.mass_change_percent,
    )
