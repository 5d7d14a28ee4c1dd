"""What comes back from a database decides nothing about the code that runs."""

from __future__ import annotations

import json
import sys

import pytest
from fixtures_screening import SMALL, settings_for

from screening.common.errors import StoreError
from screening.database import StoreLocation
from workflows import CoatingScreeningMaker, run_screening
from workflows.decoding import decoded, require_known_classes
from workflows.local import run_local
from workflows.outputs import job_store
from workflows.run import prepare_screening

NAMED = [
    {"@module": "trap", "@class": "Trap"},
    {"@module": "trap", "@callable": "spring"},
    {"@module": "os", "@callable": "system"},
    {"@module": "builtins", "@callable": "eval", "@bound": None},
    {"@module": "fireworks.core.launchpad", "@class": "LaunchPad", "logdir": "logs"},
    {"@module": "pandas", "@class": "DataFrame", "data": '{"@module": "trap", "@class": "Trap"}'},
    {"@module": "uuid", "@class": "getnode"},
    {"@module": "datetime", "@callable": "datetime"},
    {"@module": "screening_of_another", "@class": "Trap"},
    {"@module": ["trap"], "@class": "Trap"},
]


@pytest.fixture(params=NAMED, ids=lambda named: f"{named['@module']}.{named.get('@class') or named['@callable']}")
def trap(request, own_folder, tmp_path, monkeypatch):
    for name in ("trap", "screening_of_another"):
        (tmp_path / f"{name}.py").write_text("open('sprung', 'w').close()\nclass Trap: pass\nspring = Trap\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield request.param
    assert not {"trap", "screening_of_another"} & sys.modules.keys()
    assert not {"sprung", "logs"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("around", [lambda named: named, lambda named: {"a": [[{"b": named}]]}])
def test_unknown_classes_are_refused_at_any_depth(trap, around):
    with pytest.raises(StoreError, match="which no job of coatscreen is made of"):
        require_known_classes(around(trap))
    with pytest.raises(StoreError, match="which no job of coatscreen is made of"):
        decoded(json.dumps({"@module": "screening.materials", "@class": "Material", "components": around(trap)}))


def test_jobs_of_this_project_are_decoded(tmp_path):
    *_, request = prepare_screening(settings_for(tmp_path, **SMALL))
    jobs = [job for job, _ in request.flow.iterflow()]
    assert [decoded(job.to_json()).uuid for job in jobs] == [job.uuid for job in jobs]


def test_an_output_that_was_tampered_with_ends_the_run(trap, tmp_path, monkeypatch):
    """In the output itself, and in what lies apart from it."""
    settings = settings_for(tmp_path, **SMALL)
    run_screening(settings)
    location = StoreLocation(settings.store)
    for name, where in (("cathode_states: ", "output"), ("material_properties: LiCoO2", "data")):
        store = job_store(location)
        job = store.query_one({"name": {"$regex": f"^{name}"}})
        if where == "output":
            job["output"]["states"] = [trap]
            store.docs_store.update(job, key="uuid")
        else:
            part = store.additional_stores["data"].query_one({"job_uuid": job["uuid"]})
            part["data"] = [trap]
            store.additional_stores["data"].update(part, key="blob_uuid")
        again = {"name": {"$regex": "^(bare_interface|coating_contacts): "}}
        store.docs_store.remove_docs(again)
        flow = CoatingScreeningMaker().make(**SMALL, energies=settings.energies)
        with pytest.raises(StoreError, match="a stored document names"):
            run_local(flow, store)
        store.docs_store.remove_docs({"uuid": job["uuid"]})
        store.close()
