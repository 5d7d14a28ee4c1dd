"""Jobs named by their content."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest
from fixtures_samples import modelled_file
from fixtures_screening import SMALL, energies_file
from jobflow import Maker, job

from screening.coatings import tasks
from screening.coatings.ranking_request import BatchJob, PieceJobs, RankingRequest, ScreenedCoating
from screening.coatings.samples import Sampling
from screening.common.provenance import Software
from screening.criteria.criteria import Criterion
from screening.energies.source import EnergySource
from screening.materials.cathode import Cathode
from screening.materials.material import Material
from workflows import CoatingScreeningMaker, identity, jobs
from workflows.identity import by_content, digest


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
    assert changed(ids(energies), ids(energies, criteria=other)) == {"ranking_request: LiCoO2|Li6PS5Cl"}


def test_an_option_changes_what_depends_on_it(energies):
    request = {**SMALL, "cathodes": ["NCM83"]}
    before, after = ids(energies, request), ids(energies, {**request, "voltage": [4.1]})
    assert {name for name, uuid in before.items() if uuid not in after.values()} == {
        "cathode_states: NCM83",
        "bare_interface: NCM83|Li6PS5Cl",
        "coating_contacts: NCM83 1/1",
        "coating_contacts: Li6PS5Cl at NCM83 1/1",
        "ranking_request: NCM83|Li6PS5Cl",
    }


def test_another_coating_leaves_the_other_batches(energies):
    before = ids(energies, batch_size=2)
    after = ids(energies, {**SMALL, "coatings": [*SMALL["coatings"], "LiTaO3"]}, batch_size=2)
    unmoved = set(before) - changed(before, after)
    assert {name for name in before if name.endswith(" 1/2")} < unmoved
    assert "bare_interface: LiCoO2|Li6PS5Cl" in unmoved
    assert "material_properties: coatings 2/2" not in unmoved


@pytest.mark.parametrize("options", [{}, {"samples": 20}])
def test_what_is_ranked_together_does_not_depend_on_the_batches(options, tmp_path):
    def ranking(request, batch_size):
        flow = CoatingScreeningMaker(batch_size=batch_size, **options).make(**request, energies=modelled_file(tmp_path))
        (found,) = [job.metadata["ranking"] for job in flow.jobs if "ranking" in job.metadata]
        return found

    alone = {**SMALL, "coatings": ["LiNbO3"]}
    assert ranking(SMALL, 1) == ranking(SMALL, 200) == ranking(alone, 1)
    assert ranking(SMALL, 1) != ranking({**SMALL, "cathodes": ["LiNiO2"]}, 1)


CLASSES = [  # of which a job has arguments or makes documents
    EnergySource,
    Cathode,
    Material,
    Criterion,
    Sampling,
    ScreenedCoating,
    BatchJob,
    PieceJobs,
    RankingRequest,
]


def test_a_class_or_function_in_another_module_changes_no_id(tmp_path, monkeypatch):
    energies = modelled_file(tmp_path)
    before = ids(energies, samples=20)
    of_a_screening = [getattr(jobs, name) for name, module in jobs.JOBS.items() if module == "screening"]
    for moved in (*CLASSES, *of_a_screening, tasks.material_properties):
        monkeypatch.setattr(moved, "__module__", "somewhere.else")
    assert ids(energies, samples=20) == before
    monkeypatch.setattr(identity, "_without_modules", lambda content: content)
    assert changed(before, ids(energies, samples=20))  # what the others are kept from


@dataclass
class Measuring(Maker):
    name: str = "measuring"
    unit: str = "letters"

    @job
    def make(self, word):
        return len(word)


def test_a_maker_counts_by_its_parameters_not_by_its_module(monkeypatch):
    before = by_content(Measuring().make("a")).uuid
    assert by_content(Measuring(unit="bytes").make("a")).uuid != before
    monkeypatch.setattr(Measuring, "__module__", "somewhere.else")
    assert by_content(Measuring().make("a")).uuid == before


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
