"""What an interface's document holds: the promised keys, clean numbers, and nothing lost on the way through JSON."""

import json
import math

import pytest
from random_phases import imbalance

from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import ClosedInterface, OpenInterface
from screening.hull.reservoir import Reservoir

NCM83 = "LiNi0.83Co0.12Mn0.05O2"
EXTREMUM = {"x_atomic_a", "x_molar_a", "products", "reaction", "at_endpoint"}
KINK = {"x_atomic_a", "x_molar_a", "products", "reaction"}
COMMON = {"a", "b", "ensemble", "unit", "total", "mutual", "reactants", "kinks", "energies", "software"}


@pytest.fixture(scope="module", params=[None, Reservoir({"Li": -3.66}), Reservoir({"Li": -3.0, "O": -1.5})], ids=str)
def document(request, reference):
    return Interface(reference, NCM83, "Li6PS5Cl", request.param).document()


def numbers(value):
    """Every float in a nested document."""
    if isinstance(value, dict):
        return [x for item in value.values() for x in numbers(item)]
    if isinstance(value, list):
        return [x for item in value for x in numbers(item)]
    return [value] if isinstance(value, float) else []


def test_keys_of_a_closed_interface(reference):
    found = json.loads(Interface(reference, "LiNbO3", "Li6PS5Cl").document().model_dump_json())
    assert set(found) == COMMON | {"self_a_ev_per_atom", "self_b_ev_per_atom"}
    assert set(found["total"]) == set(found["mutual"]) == EXTREMUM | {"min_ev_per_atom"}
    assert set(found["kinks"][0]) == KINK | {"total_ev_per_atom", "mutual_ev_per_atom"}
    assert set(found["reactants"]["a"]) == {"energy", "source_id", "above_hull_ev_per_atom"}
    assert (found["ensemble"], found["unit"]) == ("closed", "eV/atom")
    assert {"name", "version", "functional", "correction", "n_phases", "sha256"} <= set(found["energies"])


def test_keys_of_an_open_interface(reference):
    found = json.loads(Interface(reference, "LiNbO3", "Li6PS5Cl", Reservoir({"Li": -3.0})).document().model_dump_json())
    assert set(found) == COMMON | {"self_a_ev_per_closed_atom", "self_b_ev_per_closed_atom"}
    assert (
        set(found["total"]) == set(found["mutual"]) == EXTREMUM | {"min_ev_per_closed_atom", "exchanged", "x_closed_a"}
    )
    assert set(found["kinks"][0]) == KINK | {
        "total_ev_per_closed_atom",
        "mutual_ev_per_closed_atom",
        "exchanged",
        "x_closed_a",
    }
    assert found["ensemble"] == {"open": {"Li": -3.0}, "reference": "Li metal"}
    assert found["unit"] == "eV/non-open atom"


def test_a_fraction_of_closed_atoms_is_never_called_one_of_all(reference):
    """LiCoO2 has 4 atoms in a formula unit, 3 of them not lithium, and Li3PS4 8 and 5."""
    lowest = Interface(reference, "LiCoO2", "Li3PS4", Reservoir({"Li": -3.9})).document().mutual
    molar = lowest.x_molar_a
    assert lowest.x_atomic_a == pytest.approx(4 * molar / (4 * molar + 8 * (1 - molar)))
    assert lowest.x == lowest.x_closed_a == pytest.approx(3 * molar / (3 * molar + 5 * (1 - molar)))
    assert abs(lowest.x_atomic_a - lowest.x_closed_a) > 0.01


def test_the_reference_of_other_reservoirs(reference):
    document = Interface(reference, "LiNbO3", "Li6PS5Cl", Reservoir({"O": -1.0})).document()
    assert document.ensemble.reference == "element's reference phase"


def test_no_number_is_rounding(document):
    found = numbers(document.model_dump(mode="json"))
    assert len(found) > 8 * len(document.kinks)
    for x in found:
        assert math.isfinite(x)
        assert x == round(x, 9)
        assert math.copysign(1.0, x) > 0 or x != 0.0  # never minus zero


def test_amounts_and_equations(document):
    for mixed in (document.total, document.mutual, *document.kinks):
        assert sum(mixed.products.values()) == pytest.approx(1.0, abs=1e-8)
        assert imbalance(mixed.reaction) < 1e-3


def test_the_minima_are_kinks(document):
    unit = "atom" if document.ensemble == "closed" else "closed_atom"
    for name in ("total", "mutual"):
        lowest = min(document.kinks, key=lambda kink: getattr(kink, f"{name}_ev_per_{unit}"))
        extremum = getattr(document, name)
        assert extremum.energy_ev == getattr(lowest, f"{name}_ev_per_{unit}")
        assert (extremum.x, extremum.x_atomic_a) == (lowest.x, lowest.x_atomic_a)
        assert extremum.products == lowest.products
        assert extremum.at_endpoint == (extremum.x_atomic_a in (0.0, 1.0))
    assert [kink.x_atomic_a for kink in document.kinks] == sorted(kink.x_atomic_a for kink in document.kinks)


def test_there_and_back(document):
    kind = ClosedInterface if document.ensemble == "closed" else OpenInterface
    assert kind.model_validate_json(document.model_dump_json()) == document


def test_the_reaction_without_the_profile(reference):
    interface = Interface(reference, "LiNbO3", "Li6PS5Cl")
    whole = interface.document().model_dump(exclude={"kinks", "energies", "software"})
    assert interface.reaction().model_dump() == whole
