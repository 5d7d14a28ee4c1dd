"""The rendered files, read by the programs they are for; scripts run by a real shell."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from workflows.queue.fireworks.launchpad import read_fworker, read_queue_adapter
from workflows.queue.site import Site
from workflows.queue.site.config_files import PROJECT_FILE, preparation, render, worker_timeout_seconds

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

FULL = {
    "database": "mongodb://me:secret@db.example.org:27017/coatings?authSource=admin",
    "account": "my_account",
    "partition": "short",
    "wall_time_minutes": 1500,
    "cores": 6,
    "memory_mb": 4001,
    "environment": "/opt/py",
    "work_folder": "/scratch/me",
    "setup": ["module load intel"],
    "queue_options": ["-x 1", "--y=2"],
}
EXPECTED = {
    "slurm": {
        "#SBATCH --job-name=coatscreen",
        "#SBATCH --time=25:00:00",
        "#SBATCH --partition=short",
        "#SBATCH --account=my_account",
        "#SBATCH --nodes=1",
        "#SBATCH --ntasks=1",
        "#SBATCH --cpus-per-task=6",
        "#SBATCH --mem=4001M",
        "#SBATCH --output=coatscreen-%j.out",
        "#SBATCH --no-requeue",
        "#SBATCH -x 1",
        "#SBATCH --y=2",
    },
    "pbs": {
        "#PBS -S /bin/bash",
        "#PBS -N coatscreen",
        "#PBS -l walltime=25:00:00",
        "#PBS -q short",
        "#PBS -A my_account",
        "#PBS -l nodes=1:ppn=6",
        "#PBS -l mem=4001mb",
        "#PBS -j oe",
        "#PBS -r n",
        "#PBS -x 1",
        "#PBS --y=2",
    },
    "sge": {
        "#$ -S /bin/bash",
        "#$ -N coatscreen",
        "#$ -l h_rt=25:00:00",
        "#$ -q short",
        "#$ -P my_account",
        "#$ -pe smp 6",
        "#$ -l h_vmem=667M",  # of one core: 4001 / 6, rounded up
        "#$ -cwd",
        "#$ -j y",
        "#$ -r n",
        "#$ -x 1",
        "#$ --y=2",
    },
}


def site_of(scheduler, folder, **options):
    full = {**FULL, **({"parallel_env": "smp"} if scheduler == "sge" else {})}
    return Site.make(scheduler=scheduler, **{**full, **options}).placed(folder)


def written(site):
    for name, text in render(site).items():
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (site.folder / name).write_text(text, encoding="utf-8")
    return site


def directives_of(script):
    return [line for line in script.splitlines() if re.match(r"#(SBATCH|PBS|\$) ", line)]


@pytest.mark.parametrize("scheduler", EXPECTED)
def test_the_queue_script_asks_for_what_the_site_says(tmp_path, scheduler):
    script = read_queue_adapter(written(site_of(scheduler, tmp_path))).get_script_str("/scratch/me/launcher")
    assert set(directives_of(script)) == EXPECTED[scheduler]
    first, *rest = script.splitlines()
    assert first == "#!/bin/bash -l"
    assert rest[: len(EXPECTED[scheduler])] == directives_of(script)  # a scheduler reads no further than a command
    assert "$$" not in script
    assert rest[-1].startswith("python -m workflows.queue.fireworks.worker --timeout 67500 ")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("scheduler", EXPECTED)
def test_what_is_not_asked_for_is_not_in_the_script(tmp_path, scheduler):
    options = {"account": None, "memory_mb": None, "cores": 1, "queue_options": None, "parallel_env": None}
    site = written(site_of(scheduler, tmp_path, **options))
    script = read_queue_adapter(site).get_script_str("/scratch/me/launcher")
    assert not re.search(r"account|-A |-P |mem|-pe |None|null", "\n".join(directives_of(script)))


@pytest.mark.parametrize("scheduler", EXPECTED)
def test_fireworks_takes_its_files(tmp_path, scheduler):
    site = written(site_of(scheduler, tmp_path))
    assert (read_queue_adapter(site).q_type, read_queue_adapter(site).timeout) == (scheduler.upper(), 60)
    script = (  # as qlaunch does, and its launcher once more; in another process, as FireWorks imports its own tests
        "import sys; from fireworks.utilities.fw_serializers import load_object, load_object_from_file\n"
        "adapter = load_object(load_object_from_file(sys.argv[1]).to_dict())\n"
        "sys.stdout.write(adapter.get_script_str('/x'))"
    )
    command = [sys.executable, "-W", "error::UserWarning:fireworks", "-c", script, str(tmp_path / "my_qadapter.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == read_queue_adapter(site).get_script_str("/x")
    worker = fireworks.FWorker.from_file(str(tmp_path / "my_fworker.yaml"))
    assert worker.name == f"coatscreen-{scheduler}"
    of_any_worker = {"$or": [*fireworks.FWorker().query["$or"][:2], {"spec._fworker": worker.name}]}
    assert worker.query == of_any_worker | {"spec._category": {"$exists": False}}  # no job for VASP
    with_vasp = written(site_of(scheduler, tmp_path / "vasp", vasp_command="vasp_std"))
    assert read_fworker(with_vasp).query == of_any_worker
    launchpad = fireworks.LaunchPad.from_file(str(tmp_path / "my_launchpad.yaml"))  # connects when it is asked
    assert launchpad.db.name == "coatings"
    assert launchpad.host == FULL["database"]


def test_a_process_with_the_sites_variables_has_its_settings(tmp_path):
    """By the programs' own settings, in a process of its own, since they are read once."""
    site = written(site_of("slurm", tmp_path, vasp_command="srun vasp_std", ping_seconds=30))
    script = (
        "import json, fireworks.fw_config as f\n"
        "from jobflow.settings import JobflowSettings\n"
        "store = JobflowSettings().JOB_STORE\n"
        "data = store.additional_stores['data']\n"
        "print(json.dumps([f.PING_TIME_SECS, f.RUN_EXPIRATION_SECS, f.WFLOCK_EXPIRATION_KILL, f.LAUNCHPAD_LOC, "
        "store.docs_store.uri, store.docs_store.collection_name, store.docs_store.key, "
        "type(data).__name__, data.collection_name, data.key, data.uri]))"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home"), **site.environment_variables()}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd="/", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        *(30, 150, True, str(tmp_path / "my_launchpad.yaml")),
        *(FULL["database"], "jobs", "uuid", "GridFSStore", "data", "blob_uuid", FULL["database"]),
    ]


def test_atomate2_takes_its_file(tmp_path, monkeypatch):
    settings = pytest.importorskip("atomate2.settings", reason="the extra [mlip] is not installed")
    site = written(site_of("slurm", tmp_path, vasp_command="srun vasp_std"))
    for name, value in site.environment_variables().items():
        monkeypatch.setenv(name, value)
    assert settings.Atomate2Settings().VASP_CMD == "srun vasp_std"


def test_vasp_has_a_rank_a_core_and_its_pseudopotentials(tmp_path):
    site = site_of("slurm", tmp_path, vasp_command="srun vasp_std", vasp_pseudopotentials="/opt/psp")
    script = read_queue_adapter(written(site)).get_script_str("/x")
    assert {"#SBATCH --ntasks=6", "#SBATCH --cpus-per-task=1"} < set(script.splitlines())
    assert {"export OMP_NUM_THREADS=1", "export PMG_VASP_PSP_DIR=/opt/psp"} < set(script.splitlines())


@pytest.mark.parametrize("scheduler", EXPECTED)
def test_jobflow_remote_takes_its_project(tmp_path, scheduler):
    config = pytest.importorskip("jobflow_remote.config.base", reason="the extra [cluster] is not installed")
    site = written(site_of(scheduler, tmp_path, manager="jobflow-remote"))
    project = config.Project.model_validate(yaml.safe_load((tmp_path / PROJECT_FILE).read_text()))
    worker = project.workers["queue"]
    assert (str(worker.work_dir), worker.max_jobs) == ("/scratch/me", 10)
    assert worker.pre_run.splitlines() == preparation(site)
    queue, store = project.get_queue_store(), project.get_jobstore()
    assert (queue.uri, queue.database, queue.collection_name) == (FULL["database"], "coatings", "jf_jobs")
    assert (store.docs_store.uri, store.docs_store.collection_name) == (FULL["database"], "jf_outputs")
    script = worker.get_scheduler_io().get_submission_script(
        ["true"], options={**worker.resources, "job_name": "a_job", "qout_path": "out", "qerr_path": "err"}
    )
    own = {line for line in EXPECTED[scheduler] if not re.search(r"coatscreen", line)}
    assert own < set(directives_of(script))
    assert sum("a_job" in line for line in directives_of(script)) == 1
    assert "coatscreen" not in "\n".join(directives_of(script))


@pytest.mark.parametrize(("minutes", "seconds"), [(2, 60), (4, 180), (60, 2700), (1500, 67500)])
def test_a_worker_takes_no_new_job_near_the_end(tmp_path, minutes, seconds):
    assert worker_timeout_seconds(site_of("slurm", tmp_path, wall_time_minutes=minutes)) == seconds


names = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"), exclude_characters="/:"
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", ".."))


@given(
    password=st.text(st.characters(codec="utf-8"), min_size=1),
    name=names | st.sampled_from(["a b", "it's", 'a"b', "$HOME", "`id`", "a\\b", "#", "a #b", "- a", "{a}", "%40"]),
)
@hypothesis_settings(max_examples=40)
def test_any_password_and_path_reach_the_programs_unchanged(password, name):
    uri = f"mongodb://me:{quote(password, safe='')}@db.example.org/coatings"
    if "$$" in name:
        return
    folder = Path("/home/me") / name
    options = {"database": uri, "environment": str(folder / "py"), "work_folder": str(folder / "work")}
    site = site_of("slurm", folder / "site", **options)
    texts = render(site)
    files = {file: yaml.safe_load(text) for file, text in texts.items() if file.endswith(".yaml")}
    assert files["my_launchpad.yaml"]["host"] == uri
    assert files["jobflow.yaml"]["JOB_STORE"]["docs_store"]["uri"] == uri
    assert files["jobflow.yaml"]["JOB_STORE"]["additional_stores"]["data"]["uri"] == uri
    assert files["site.yaml"]["database"] == uri
    assert files["my_qadapter.yaml"]["logdir"] == str(folder / "work")
    assert files["FW_config.yaml"]["CONFIG_FILE_DIR"] == str(folder / "site")
    from pymongo.uri_parser import parse_uri

    assert parse_uri(files["my_launchpad.yaml"]["host"])["password"] == password
    exports = "\n".join(line for line in files["my_qadapter.yaml"]["pre_rocket"].splitlines() if "export" in line)
    script = f'{exports}\nprintf \'%s\\0\' "$PATH" "$FW_CONFIG_FILE" "$JOBFLOW_CONFIG_FILE" "$COATSCREEN_SITE"\n'
    done = subprocess.run(
        ["/bin/bash", "-c", script], env={"PATH": "/bin"}, capture_output=True, check=True, timeout=20
    )
    path, fw_config, jobflow, variable, *_ = done.stdout.decode().split("\0")
    assert path == f"{folder}/py/bin:/bin"
    assert (fw_config, jobflow) == (f"{folder}/site/FW_config.yaml", f"{folder}/site/jobflow.yaml")
    assert variable == f"{folder}/site"
