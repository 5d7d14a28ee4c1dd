"""Jobs named by their content."""

from __future__ import annotations

import shutil

import pytest
from fixtures_screening import SMALL, energies_file

from screening.common.provenance import Software
from screening.criteria.criteria import Criterion
from workflows import CoatingScreeningMaker
from workflows.identity import digest


@pytest.fixture
def energies(tmp_path):
    return energies_file(tmp_path)


def ids(energies, request=SMALL, **options):
    """Ids of the jobs of a flow, by name."""
    flow = CoatingScreeningMaker(**options).make(**request, energies=energies)
    found = {job.name: job.uuid for job, _ in flow.iterflow()}
    assert len(set(found.values())) == len(found) == len(flow.job_uuids)
    return found


def changed(first, second):
    return {name for name in first if second.get(name) != first[name]}


def test_the_same_request_has_the_same_ids(energies):
    assert ids(energies) == ids(energies)


def test_energies_count_by_content_not_by_place(energies, tmp_path):
    copy = shutil.copy(energies, tmp_path / "copy.json")
    assert ids(str(copy)) == ids(energies)


def test_other_energies_change_every_job(energies, tmp_path):
    assert changed(ids(energies), ids(energies_file(tmp_path, LiNbO3=-2.83))) == set(ids(energies))


def test_another_version_of_the_software_changes_every_job(energies, monkeypatch):
    before = ids(energies)
    monkeypatch.setattr("workflows.identity.software", lambda: Software(coatscreen="0.0.0"))
    assert changed(before, ids(energies)) == set(before)


def test_criteria_change_the_ranking_only(energies):
    other = (Criterion(name="cheap", quantity="raw_material_cost_usd_per_kg", at_most=10.0),)
    assert changed(ids(energies), ids(energies, criteria=other)) == {
        "judge_records: LiCoO2, Li6PS5Cl 1/1",
        "rank: LiCoO2, Li6PS5Cl",
    }


def test_an_option_changes_what_depends_on_it(energies):
    request = {**SMALL, "cathodes": ["NCM83"]}
    moved = changed(ids(energies, request), ids(energies, request, prefer_mu="computed"))
    assert moved == {
        "cathode_states: NCM83",
        "bare_interface: NCM83|Li6PS5Cl",
        "contacts_with_cathode: NCM83 1/1",
        "contacts_with_electrolyte: Li6PS5Cl at NCM83 1/1",
        "assemble_records: NCM83, Li6PS5Cl 1/1",
        "judge_records: NCM83, Li6PS5Cl 1/1",
        "rank: NCM83, Li6PS5Cl",
    }


def test_another_coating_leaves_the_other_batches(energies):
    before = ids(energies, batch_size=2)
    after = ids(energies, {**SMALL, "coatings": [*SMALL["coatings"], "LiTaO3"]}, batch_size=2)
    unmoved = set(before) - changed(before, after)
    assert {name for name in before if name.endswith(" 1/2")} < unmoved
    assert "bare_interface: LiCoO2|Li6PS5Cl" in unmoved
    assert "stability_of: coatings 2/2" not in unmoved


def test_ids_are_those_of_other_processes(energies):
    """Nothing in them depends on the order of a set or on the process."""
    import subprocess
    import sys

    script = (
        "import sys; from workflows import CoatingScreeningMaker as M\n"
        f"print(*sorted(M().make(**{SMALL!r}, energies=sys.argv[1]).job_uuids))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script, energies],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert answers == {" ".join(sorted(ids(energies).values()))}


def test_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1, "b": [1, 2]}) != digest({"a": 1, "b": [2, 1]})
