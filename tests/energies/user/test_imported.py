"""Finished calculations as one table: of each crystal one, and functionals are never mixed."""

import pytest
from fixtures_structures import rock_salt
from fixtures_tasks import antifluorite, force_field, job, vasp

from screening.common.errors import InputError
from screening.energies.user.imported import gather


def test_a_single_point_counts_before_the_relaxation_that_led_to_it():
    documents = [
        job("relax", vasp(rock_salt(), -10.2, task_type="Structure Optimization")),
        job("static", vasp(rock_salt(4.07).to_conventional(), 4 * -10.0)),
        job("chloride", vasp(rock_salt(5.1, "Li", "S"), -8.0)),
    ]
    gathered = gather(documents)
    assert sorted(gathered.columns.id) == ["chloride", "static"]
    assert gathered.repeated == {"relax": "static"}


def test_of_several_single_points_the_lowest_counts():
    documents = [job(name, force_field(rock_salt(), energy)) for name, energy in (("a", -5.0), ("b", -5.1), ("c", -4))]
    gathered = gather(documents)
    assert (gathered.columns.id, gathered.columns.energy_ev_per_atom) == (["b"], [-5.1])
    assert gathered.repeated == {"a": "b", "c": "b"}


def test_functionals_are_never_mixed():
    documents = [
        job("one", vasp(rock_salt(), -10.0)),
        job("two", vasp(rock_salt(), -12.0, "r2SCAN")),
        job("three", force_field(rock_salt(), -5.0)),
    ]
    with pytest.raises(InputError, match=r"several functionals.*CHGNet 0\.3\.0.*\(1\); PBE and PBE\+U \(1\); r2SCAN"):
        gather(documents)
    assert gather(documents, functional="r2scan").columns.id == ["two"]
    assert gather(documents, functional="pbe").columns.id == ["one"]
    assert gather(documents, functional="CHGNet 0.3.0").columns.id == ["three"]
    with pytest.raises(InputError, match=r"no one functional 'r2scam' \(did you mean r2SCAN\?\)"):
        gather(documents, functional="r2scam")


def test_elements_choose_among_the_phases():
    documents = [job("f", vasp(rock_salt(), -10.0)), job("o", vasp(antifluorite("O", 4.6), -14.0))]
    gathered = gather(documents, ["Li", "O"])
    assert (gathered.columns.formula, gathered.elsewhere) == (["Li2O"], 1)
    with pytest.raises(InputError, match="none of 2 finished calculations is made of Co O"):
        gather(documents, ["Co", "O"])
    with pytest.raises(InputError, match="Xx"):
        gather(documents, ["Xx"])


def test_unfit_calculations_are_named_and_do_not_stop_the_others():
    documents = [job("bad", vasp(rock_salt(), -10.0, state="failed")), job("good", vasp(rock_salt(), -10.0))]
    gathered = gather(documents)
    assert (gathered.columns.id, list(gathered.failed)) == (["good"], ["bad"])
    with pytest.raises(InputError, match="none of 1 can be used; bad: not finished"):
        gather(documents[:1])
    with pytest.raises(InputError, match="no finished calculation: there is none"):
        gather([])


def test_an_id_that_occurs_twice_is_numbered():
    documents = [vasp(rock_salt(), -10.0, task_id="t"), vasp(antifluorite("O", 4.6), -14.0, task_id="t")]
    assert gather(documents).columns.id == ["t", "t-2"]
