"""Samples of what a screening computes: the same quantities, each with the errors of its sample."""

from __future__ import annotations

import pytest
from fixtures_samples import error_model_of, modelled
from fixtures_screening import phase_set, synthetic

from screening.cathodes.lithium_potentials import lithium_states
from screening.chemistry.formulas import parse_formula
from screening.coatings.contacts import bare_meetings, coating_meetings, contacts
from screening.coatings.ranking_request import PIECES, ScreenedCoating, coating_samples
from screening.coatings.samples import SampledMaterial, Sampling, sample_cathode, sample_contacts, sample_material
from screening.coatings.tasks import SampledBatch
from screening.common.errors import InputError
from screening.equilibrium.composite import material_energies
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.uncertainty import error_model

N = 7


def against(phases, sampling, coating, cathode=None, electrolyte=None):
    """The contacts of a coating in every sample, with a sampled cathode."""

    def meetings(number):
        return coating_meetings(coating, None if cathode is None else cathode.in_sample(number), electrolyte)

    return sample_contacts(phases, sampling, meetings)


@pytest.fixture
def model(monkeypatch):
    """Replace the packaged error models by one of given sizes."""

    def use(pair_sd=0.0, own_scale=0.0):
        found = error_model_of(pair_sd, own_scale)
        monkeypatch.setattr("screening.uncertainty.energy_errors._packaged", lambda: (found,))
        return Sampling.of(modelled(), N, 0)

    return use


@pytest.fixture(scope="module")
def ncm83():
    return Catalogue.load().cathode("NCM83")


def test_without_errors_every_sample_is_the_nominal_value(model, ncm83):
    sampling, phases = model(), modelled()
    document = lithium_states(phases, ncm83)
    cathode = sample_cathode(phases, sampling, ncm83, document)
    assert [cathode.in_sample(s).states for s in range(N)] == [document.states] * N
    expected = {}
    for contact in (
        *contacts(phases, coating_meetings("LiNbO3", document, None)),
        *contacts(phases, coating_meetings("LiNbO3", None, "Li6PS5Cl")),
        *contacts(phases, coating_meetings("LiNbO3", document, "Li6PS5Cl")),
    ):
        expected[contact.quantity] = [contact.mutual_mev] * N
    found = {
        **against(phases, sampling, "LiNbO3", cathode).values,
        **against(phases, sampling, "LiNbO3", None, "Li6PS5Cl").values,
        **against(phases, sampling, "LiNbO3", cathode, "Li6PS5Cl").values,
    }
    assert found == {quantity: pytest.approx(values, abs=2e-6) for quantity, values in expected.items()}
    assert len(found) == 2 + 4 + 1 + 4  # cathode and electrolyte, closed and open
    unprotected = [met for met in bare_meetings(document, "Li6PS5Cl") if met.held is None]
    bare, closed = sample_contacts(phases, sampling, lambda number: unprotected), contacts(phases, unprotected)
    assert bare.values == {c.quantity: pytest.approx([c.mutual_mev] * N, abs=2e-6) for c in closed}
    window, stability = electrochemical_window(phases, "Li6PS5Cl"), phase_stability(phases, "Li6PS5Cl")
    assert sample_material(phases, sampling, "Li6PS5Cl").values == {
        "energy_above_hull_mev_per_atom": pytest.approx([1000.0 * stability.energy_above_hull_ev_per_atom] * N),
        "reduction_limit_v": pytest.approx([window.reduction_limit_v] * N, abs=1e-6),
        "oxidation_limit_v": pytest.approx([window.oxidation_limit_v] * N, abs=1e-6),
    }


def test_a_composite_in_samples_is_its_phases_in_the_same_samples(model, ncm83):
    sampling, phases = model(pair_sd=0.3), modelled()
    document = lithium_states(phases, ncm83)
    cathode = sample_cathode(phases, sampling, ncm83, document)
    first, second, both = (
        {
            **against(phases, sampling, coating, cathode).values,
            **against(phases, sampling, coating, None, "Li6PS5Cl").values,
            **sample_material(phases, sampling, coating).values,
        }
        for coating in ("LiNbO3", "Li3PO4", "LiNbO3+Li3PO4")
    )
    mutual = [quantity for quantity in first if quantity.startswith("mutual_")]
    assert len(mutual) == 2 + 4 + 1
    for quantity in mutual:
        lower = [min(pair) for pair in zip(first[quantity], second[quantity], strict=True)]
        assert both[quantity] == pytest.approx(lower, abs=1e-5)
    for one, other in zip(
        first["mutual_electrolyte_mev_per_atom"], both["mutual_electrolyte_with_LiNbO3_mev_per_atom"], strict=True
    ):
        assert other == pytest.approx(one, abs=1e-5)
    system = {"Li", "Nb", "P", "O"}
    inner = [
        1000.0 * Interface(sample, "LiNbO3", "Li3PO4").reaction().mutual.energy_ev
        for sample in sampling.draw(phases, system)
    ]
    assert both["mutual_inner_mev_per_atom"] == both["mutual_inner_LiNbO3|Li3PO4_mev_per_atom"]
    assert both["mutual_inner_mev_per_atom"] == pytest.approx(inner, abs=1e-5)
    for limit, narrower in (("reduction_limit_v", max), ("oxidation_limit_v", min)):
        assert both[limit] == [narrower(pair) for pair in zip(first[limit], second[limit], strict=True)]
    above = [
        1000.0 * material_energies(sample, "LiNbO3+Li3PO4").energy_above_hull
        for sample in sampling.draw(phases, system)
    ]
    assert both["energy_above_hull_mev_per_atom"] == pytest.approx(above, abs=1e-5)


def test_a_reaction_of_one_product_has_the_errors_of_its_three_phases(model):
    """Li2O + Li2S -> Li4OS, half the atoms from each: the error of the energy is e(P) - (e(A) + e(B)) / 2."""
    formation = {"Li2O": -2.0, "Li2S": -1.5, "Li4OS": -2.25}
    phases = phase_set(formation, modelled().scale)
    model(pair_sd=0.2, own_scale=0.01)
    sampling = Sampling.of(phases, 50, 3)
    found = against(phases, sampling, "Li2O", None, "Li2S").values
    a, b, product = error_model(phases.scale).draw([parse_formula(f) for f in formation], 50, 3).T
    expected = 1000.0 * (-2.25 + 1.75 + product - (a + b) / 2)
    assert expected.max() < 0  # it reacts in every sample
    assert found == {"mutual_electrolyte_mev_per_atom": pytest.approx(expected, abs=1e-5)}
    assert expected.std() > 1.0


def rebuilt(sample):
    """The phases of a sample as a set of its own, that knows nothing of the one it was drawn from."""
    return PhaseSet(
        sample.scale,
        [
            phase.model_copy(update={"energy_ev_per_atom": float(energy)})
            for phase, energy in zip(sample.phases, sample.energies, strict=True)
        ],
    )


def test_a_computed_potential_follows_the_sample_and_a_given_one_stays(model, ncm83):
    sampling, phases = model(pair_sd=0.3), modelled()
    document = lithium_states(phases, ncm83)
    assert [state.lithium.origin for state in document.states] == ["computed"] * 2 + ["given"] * 2
    cathode = sample_cathode(phases, sampling, ncm83, document)
    assert list(cathode.mu_li_ev) == ["full", "half"]
    sets = sampling.draw(phases, {"Li", "Ni", "Co", "Mn", "O"})
    expected = [lithium_states(sample, ncm83).state("full").lithium.mu_li_ev for sample in sets]
    assert cathode.mu_li_ev["full"] == expected
    assert len(set(expected)) == N
    nominal = document.state("charged").lithium
    for sample, mu in zip(map(cathode.in_sample, range(N)), expected, strict=True):
        assert sample.state("full").lithium.mu_li_ev == -sample.state("full").lithium.voltage_v == mu
        assert sample.state("charged").lithium == nominal
    opened = against(phases, sampling, "LiNbO3", cathode, "Li6PS5Cl").values
    system = {"Li", "Nb", "O", "P", "S", "Cl"}
    for s, sample in enumerate(map(rebuilt, sampling.draw(phases, system))):
        for state, mu in (("full", expected[s]), ("charged", -4.3)):
            mutual = Interface(sample, "LiNbO3", "Li6PS5Cl", Reservoir({"Li": mu})).reaction().mutual.energy_ev
            value = opened[f"mutual_electrolyte_at_mu({state})_mev_per_closed_atom"][s]
            assert value == pytest.approx(1000.0 * mutual, abs=1e-5)


def test_a_sample_is_the_same_whatever_else_is_computed():
    """Also that of other coatings, in other chemical systems and in fewer samples."""
    phases = modelled()
    few, many = Sampling.of(phases, 3, 1), Sampling.of(phases, N, 1)
    first = sample_material(phases, few, "LiNbO3").values
    sample_material(phases, many, "Li3PO4")
    again = sample_material(phases, many, "LiNbO3").values
    assert {quantity: values[:3] for quantity, values in again.items()} == first
    other = sample_material(phases, Sampling.of(phases, 3, 2), "LiNbO3").values
    assert other != first


def test_what_a_material_has_not_got_is_left_out():
    phases = modelled()
    sampling = Sampling.of(phases, 3, 0)
    assert "oxidation_limit_v" not in sample_material(phases, sampling, "HfO2").values
    assert set(sample_material(phases, sampling, "Li2Nb2O6").values) == {
        "energy_above_hull_mev_per_atom",
        "reduction_limit_v",
        "oxidation_limit_v",
    }
    assert set(sample_material(phases, sampling, "Li5NbO5").values) == {"reduction_limit_v", "oxidation_limit_v"}


def test_a_contact_that_cannot_be_computed_is_named():
    phases = modelled()
    sampling = Sampling.of(phases, 3, 0)
    cathode = Catalogue.load().cathode("LiCoO2")
    states = sample_cathode(phases, sampling, cathode, lithium_states(phases, cathode))
    found = against(phases, sampling, "Li", states)
    assert set(found.values) == {"mutual_cathode_full_mev_per_atom", "mutual_cathode_half_mev_per_atom"}
    assert found.why_missing.startswith("cathode full at mu(full): Li consists of open elements only")


def test_elements_without_calibration_are_named(model):
    sampling = model()  # calibrated on lithium and oxygen
    assert sample_material(modelled(), sampling, "Li2O").uncalibrated_elements == []
    assert sample_material(modelled(), sampling, "LiNbO3").uncalibrated_elements == ["Nb"]
    found = against(modelled(), sampling, "LiNbO3", None, "Li3PS4")
    assert found.uncalibrated_elements == ["Nb", "P", "S"]


def test_energies_without_an_error_model_are_refused():
    with pytest.raises(InputError, match="no error model for the energies 'synthetic'"):
        Sampling.of(synthetic(), N, 0)


def test_a_changed_error_model_is_refused(model):
    planned = Sampling.of(modelled(), N, 0)
    assert model(pair_sd=0.1).model != planned.model
    with pytest.raises(InputError, match=r"the error model '.*' has changed since this work was planned"):
        sample_material(modelled(), planned, "Li2O")


def piece(why_missing=None, uncalibrated=(), **values):
    return SampledMaterial(values=values, why_missing=why_missing, uncalibrated_elements=list(uncalibrated))


def test_pieces_are_joined_and_losses_are_named():
    sampling = Sampling.of(modelled(), 2, 0)
    properties, on_cathode, closed, opened = PIECES
    batches = {
        properties: SampledBatch(
            results={"Li2O": piece(reduction_limit_v=[1.0, 2.0]), "Li2S": piece(reduction_limit_v=[3.0, 4.0])},
            failed={},
        ),
        on_cathode: SampledBatch(results={"Li2O": piece("half: why", ["F", "B"])}, failed={"Li2S": "it broke"}),
        closed: SampledBatch(results={"Li2O": piece(), "Li2S": piece()}, failed={}),
        opened: None,
    }
    bare = piece(uncalibrated=["C"], mutual_bare_full_mev_per_atom=[-1.0, -2.0])

    def joined(material, unprotected=bare, **changed):
        coating = ScreenedCoating(name=material, formula=material, reactant=material, components=None)
        return coating_samples(sampling, coating, lambda what, of: {**batches, **changed}[what], unprotected)

    found, why = joined("Li2O")
    assert found.values == {"reduction_limit_v": [1.0, 2.0], "mutual_bare_full_mev_per_atom": [-1.0, -2.0]}
    assert found.uncalibrated_elements == ["B", "C", "F"]
    assert found.sampling == sampling
    lost = f"the job computing {opened} failed"
    assert why == f"{lost}; half: why"
    assert joined("Li2S")[1] == f"{on_cathode}: it broke; {lost}"
    whole = {on_cathode: batches[closed], opened: batches[closed]}
    assert joined("Li2O", **whole)[1] is None
    assert joined("Li2O", None, **whole)[1] == "the job computing the bare interface failed"
