"""The error model: what an error depends on, how errors go together, and which energies have a model."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from fixtures_error_model import SCALE, model
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.measured.anchored_table import anchored_energies
from screening.uncertainty import error_model
from screening.uncertainty.energy_errors import PACKAGED, read_model
from screening.uncertainty.pairs import kind, pairs

COMPOSITIONS = st.dictionaries(
    st.sampled_from(["Li", "O", "S", "P", "Cl", "Nb", "La", "H", "Al", "C"]),
    st.integers(1, 24),
    min_size=1,
    max_size=5,
)


def assert_equal_but_for_rounding(one, other):
    """Errors are rounded to 1e-9 eV/atom: one that lies between two such numbers may come out as either."""
    np.testing.assert_allclose(one, other, rtol=0.0, atol=1.5e-9)


@given(st.lists(COMPOSITIONS, min_size=1, max_size=8), st.integers(1, 40), st.data())
@settings(max_examples=60)
def test_an_error_does_not_depend_on_what_else_is_asked_for(compositions, n_samples, data):
    errors = model(pair_sd=0.2, own_scale=0.02).draw(compositions, n_samples, seed=4)
    some = data.draw(st.permutations(range(len(compositions))))[: data.draw(st.integers(1, len(compositions)))]
    again = model(pair_sd=0.2, own_scale=0.02).draw([compositions[i] for i in some], n_samples + 3, seed=4)
    assert_equal_but_for_rounding(again[:n_samples], errors[:, some])


@given(COMPOSITIONS, st.integers(2, 1000))
def test_a_multiple_of_a_composition_has_the_same_error(composition, factor):
    multiple = {element: amount * factor for element, amount in composition.items()}
    fractions = {element: amount / sum(composition.values()) for element, amount in reversed(composition.items())}
    errors = model(pair_sd=0.2, own_scale=0.02).draw([composition, multiple, fractions], 5)
    assert_equal_but_for_rounding(errors[:, 0], errors[:, 1])
    assert_equal_but_for_rounding(errors[:, 0], errors[:, 2])


@given(COMPOSITIONS)
def test_elements_alone_have_no_error(composition):
    errors = model(pair_sd=0.2, own_scale=0.02).draw([composition], 3)
    assert (errors == 0.0).all() == (len(composition) == 1)


def test_many_compositions_are_drawn_as_few_are():
    compositions = [{"Li": 1 + n % 60, "O": 1 + n // 60} for n in range(3000)]  # more than one block
    errors = model(pair_sd=0.2, own_scale=0.02).draw(compositions, 2)
    few = model(pair_sd=0.2, own_scale=0.02).draw(compositions[2500:2502], 2)
    assert_equal_but_for_rounding(errors[:, 2500:2502], few)


def test_the_covariance_of_alike_phases_is_that_of_their_pairs():
    # LiNbO3 and Li3NbO4 share three pairs: sum over pairs of sd^2 times both products of fractions
    sizes = {"d-block | oxygen": 0.3, "oxygen | s-block": 0.2, "d-block | s-block": 0.1}
    drawn = model(pairs_by_kind=sizes).draw([parse_formula("LiNbO3"), parse_formula("Li3NbO4")], 40_000)
    one = {"NbO": 0.2 * 0.6, "LiO": 0.2 * 0.6, "LiNb": 0.2 * 0.2}
    other = {"NbO": 0.125 * 0.5, "LiO": 0.375 * 0.5, "LiNb": 0.375 * 0.125}
    sd = {"NbO": 0.3, "LiO": 0.2, "LiNb": 0.1}
    covariance = np.cov(drawn.T)
    for found, (a, b) in ((covariance[0, 0], (one, one)), (covariance[0, 1], (one, other))):
        assert found == pytest.approx(sum(sd[pair] ** 2 * a[pair] * b[pair] for pair in sd), rel=0.03)


def test_a_reaction_errs_less_than_its_phases():
    # what w_ij c_i c_j means for Li2O + Nb2O5 -> 2 LiNbO3, by hand, per atom of mixture
    formulas = ["Li2O", "Nb2O5", "LiNbO3"]
    drawn = model(pair_sd=0.2).draw([parse_formula(f) for f in formulas], 20_000)
    reaction = drawn @ np.array([-3 / 10, -7 / 10, 1.0])
    weights = {
        "LiO": 0.3 * (2 / 9) - 0.2 * 0.6,
        "NbO": 0.7 * (10 / 49) - 0.2 * 0.6,
        "LiNb": -0.2 * 0.2,
    }
    assert reaction.std() == pytest.approx(0.2 * np.sqrt(sum(w * w for w in weights.values())), rel=0.03)
    assert reaction.std() < 0.5 * drawn.std(axis=0).min()


def test_own_errors_have_the_scale_of_their_class():
    scales = {"transition-metal oxide": 0.05, "sulfide": 0.01}
    drawn = model(own_by_class=scales, own_scale=0.002).draw(
        [{"Ni": 1, "O": 1}, {"Li": 2, "S": 1}, {"Ti": 1, "Ni": 1}], 9999
    )
    below = np.where(drawn < 0, -drawn, np.nan)
    expected = stats.t.ppf(0.75, 3.0)  # the median of the half below zero
    assert np.nanmedian(below, axis=0) == pytest.approx(np.array([0.05, 0.01, 0.002]) * expected, rel=0.05)


def test_near_compositions_have_near_errors():
    formulas = [parse_formula(formula) for formula in ("LiNbO3", "Li17Nb18O54", "Li3NbO4")]
    apart = model(own_scale=0.02, freedom=(3.0, 3.0)).draw(formulas, 9999)
    near = model(own_scale=0.02, freedom=(3.0, 3.0), own_correlation=0.9, correlation_length=0.1).draw(formulas, 9999)

    def width(errors, one, other):
        return np.ptp(np.percentile(errors[:, one] - errors[:, other], (5, 95)))

    assert width(near, 0, 1) < 0.6 * width(apart, 0, 1)  # their fractions differ by 0.012
    assert width(near, 0, 2) > 0.8 * width(apart, 0, 2)  # by 0.22
    # each alone is distributed as before: Student's t, of 5 to 95 % 2 x 2.353 scales wide
    assert np.ptp(np.percentile(near, (5, 95), axis=0), axis=0) == pytest.approx(2 * 2.353 * 0.02, rel=0.06)


def test_own_errors_differ_with_the_number_of_elements():
    sizes = {"2": 2.0, "3": 1.0, "4": 0.5}
    compositions = [parse_formula(formula) for formula in ("NiO", "LiNiO2", "LiNiPO4", "LiNiMnPO4")]
    drawn = model(own_scale=0.01, freedom=(3.0, 3.0), own_by_elements=sizes).draw(compositions, 9999)
    half = stats.t.ppf(0.75, 3.0)
    assert np.median(np.abs(drawn), axis=0) == pytest.approx(np.array([0.02, 0.01, 0.005, 0.005]) * half, rel=0.06)


def test_kinds_of_pairs():
    assert kind(("Nb", "O")) == "d-block | oxygen"
    assert kind(("Al", "Li")) == "p-metal | s-block"
    assert kind(("La", "S")) == "chalcogen | f-block"
    assert pairs({"Li": 2, "O": 1}) == {("Li", "O"): pytest.approx(2 / 9)}
    assert pairs({"Li": 2}) == {}


def test_another_process_draws_the_same(reference):
    compositions = [{"Li": 1, "Nb": 1, "O": 3}, {"Li": 6, "P": 1, "S": 5, "Cl": 1}]
    code = (
        "import sys, json; from screening.common.provenance import EnergyScale;"
        "from screening.uncertainty import error_model;"
        "scale, compositions = json.load(sys.stdin);"
        "print(json.dumps(error_model(EnergyScale(**scale)).draw(compositions, 3, 7).tolist()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([reference.scale.model_dump(), compositions]),
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == error_model(reference.scale).draw(compositions, 3, 7).tolist()


def test_the_packaged_energies_have_a_model_whatever_their_version(reference):
    packaged = error_model(reference.scale)
    assert error_model(reference.scale.model_copy(update={"name": "mine", "version": "9"})) is packaged
    assert error_model(reference.provenance) is packaged
    assert set(packaged.elements) <= set(reference.elements)


@pytest.mark.parametrize(
    "scale",
    [
        EnergyScale(name="CHGNet r2SCAN", version="1", functional="another r2scan", correction="none"),
        SCALE,
    ],
)
def test_energies_without_a_measured_error_have_no_model(scale):
    with pytest.raises(InputError, match=f"no error model for the energies {scale.name!r}.*never found"):
        error_model(scale)


def test_measurement_is_asked_for_by_name_and_taken_where_there_is_no_other(reference):
    against = error_model(reference.scale, "measurement")
    assert (error_model(reference.scale).against, against.against) == ("DFT", "measurement")
    anchored = anchored_energies()
    assert error_model(anchored.scale) is error_model(anchored.scale, "measurement")
    with pytest.raises(InputError, match="how far they are from DFT was never found"):
        error_model(anchored.scale, "DFT")


def test_measured_energies_err_by_themselves_and_as_measurements_do():
    compositions = [parse_formula(formula) for formula in ("LiNbO3", "Li3NbO4", "Li2O")]
    both = model(own_scale=0.5, pair_sd=1.0, measured_ev_per_atom=0.02)
    drawn = both.draw(compositions, 4000, measured=[True, False, True])
    assert drawn[:, [0, 2]].std(axis=0) == pytest.approx(0.02, rel=0.05)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.05
    assert_equal_but_for_rounding(drawn[:, 1], both.draw(compositions, 4000)[:, 1])
    assert_equal_but_for_rounding(both.draw(compositions[2:], 4000, measured=[True])[:, 0], drawn[:, 2])


def test_the_same_functional_with_other_corrections_has_no_model(reference):
    with pytest.raises(InputError, match="corrections: none"):
        error_model(reference.scale.model_copy(update={"correction": "none"}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data["model"]["pair_errors"].pop("other"), "pair_errors lacks 'other'"),
        (lambda data: data["model"]["own_by_elements"].pop("3"), "own_by_elements lacks '3'"),
        (lambda data: data["model"].pop("freedom_above"), "damaged: model.freedom_above: Field required"),
        (lambda data: data.pop("model"), "damaged: 'model'"),
    ],
)
def test_damaged_parameters_are_one_clear_line(tmp_path, damage, message):
    data = json.loads((PACKAGED / "chgnet-0.3.0.json").read_text())
    damage(data)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"model\.json") as raised:
        read_model(path)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_missing_parameters_are_one_clear_line(tmp_path):
    with pytest.raises(InputError, match=r"absent.json cannot be read: No such file"):
        read_model(tmp_path / "absent.json")
