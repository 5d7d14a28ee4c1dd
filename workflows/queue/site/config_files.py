"""The configuration files of a site: their texts, made from its configuration, and how they are written."""

from __future__ import annotations

import math
import shlex
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml

from screening.common.errors import InputError
from workflows.queue.site.site import SITE_FILE
from workflows.queue.words import WORKER

if TYPE_CHECKING:
    from workflows.queue.site.site import Site

QUEUE_SCRIPT = "my_queue_script.txt"
PROJECT_FILE = "jobflow_remote/coatscreen.yaml"
_COMMON = ("jobflow.yaml", "atomate2.yaml", SITE_FILE)
_FIREWORKS = ("my_launchpad.yaml", "my_fworker.yaml", "my_qadapter.yaml", QUEUE_SCRIPT, "FW_config.yaml")
FILES = (*_FIREWORKS, PROJECT_FILE, *_COMMON)

_IDLE_SECONDS = 300  # a worker with nothing to do but jobs that wait for others ends after this time
_LAST_SHARE = 0.25  # in this last share of the wall time, and the last seconds, a worker starts no new job
_LAST_SECONDS = 60
_Q_TYPES = {"slurm": "SLURM", "pbs": "PBS", "sge": "SGE"}
_DIRECTIVES = {"slurm": "#SBATCH", "pbs": "#PBS", "sge": "#$"}


class _File(Template):
    delimiter = "@"


class _QueueScript(Template):
    delimiter = "$$"  # FireWorks' own


def render(site: Site) -> dict[str, str]:
    """Return the text of every file of a site, by name.

    Raises
    ------
    InputError
        If the site is in no folder yet: its files hold their own paths.
    """
    names = _FIREWORKS if site.manager == "fireworks" else (PROJECT_FILE,)
    return {name: _render(site, name) for name in (*names, *_COMMON)}


def write_site(site: Site, folder: Path, overwrite: bool = False) -> Site:
    """Write the files of a site, which only their owner can read, and return the site with its folder.

    They are written into a temporary folder first. That is then renamed, or, where it overwrites a site, its files
    are moved one by one, `site.yaml` last.

    Raises
    ------
    InputError
        If the folder holds a site and `overwrite` is False, or cannot be written to.
    """
    site = site.placed(folder)
    there = [name for name in FILES if (folder / name).exists()]
    if there and not overwrite:
        raise InputError(f"{folder} holds {there[0]} already: --overwrite replaces the site there")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # mode 0700
        try:
            texts = render(site)
            for name, text in texts.items():
                (new / name).parent.mkdir(mode=0o700, exist_ok=True)
                (new / name).touch(mode=0o600)
                (new / name).write_text(text, encoding="utf-8")
            if not folder.exists():
                new.rename(folder)
                return site
            folder.chmod(0o700)
            for name in sorted(FILES, key=SITE_FILE.__eq__):
                if name in texts:
                    (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
                    (new / name).replace(folder / name)
                else:
                    (folder / name).unlink(missing_ok=True)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot write the site into {folder}: {error.strerror}") from None
    return site


def worker_timeout_seconds(site: Site) -> int:
    """Return how long after its start a worker starts new jobs, s."""
    wall_time = 60 * site.wall_time_minutes
    return wall_time - max(_LAST_SECONDS, round(_LAST_SHARE * wall_time))


def preparation(site: Site) -> list[str]:
    """Return the lines of the shell that come before a worker: the site's setup, PATH and variables."""
    variables = site.environment_variables()
    variables["OMP_NUM_THREADS"] = str(_threads(site))
    if site.vasp_pseudopotentials is not None:
        variables["PMG_VASP_PSP_DIR"] = str(site.vasp_pseudopotentials)
    return [
        *site.setup,
        f'export PATH={shlex.quote(str(site.environment / "bin"))}:"$PATH"',
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
    ]


def directives(site: Site) -> list[str]:
    """Return the lines that ask the scheduler for resources, without name and log, which jobflow-remote adds itself."""
    request = {name: value for name, value in _request(site).items() if name not in ("job_name", "log")}
    filled = _QueueScript(_template(f"{site.scheduler}.sh")).safe_substitute(request)
    return [line for line in filled.splitlines() if line.startswith(_DIRECTIVES[site.scheduler]) and "$$" not in line]


def _render(site: Site, name: str) -> str:
    if name == QUEUE_SCRIPT:
        return _template(f"{site.scheduler}.sh")
    if name == SITE_FILE:
        return _site_yaml(site)
    return _File(_template("jobflow_remote.yaml" if name == PROJECT_FILE else name)).substitute(_values(site))


def _values(site: Site) -> dict[str, str]:
    """Return what the templates are filled with: YAML scalars and indented blocks."""
    folder, timeout = site.folder, worker_timeout_seconds(site)
    loops = max(1, _IDLE_SECONDS // site.poll_seconds)
    launch = f"python -m {WORKER} --timeout {timeout} --max-loops {loops}"
    scalars: dict[str, Any] = {
        "database": site.database,
        "database_name": site.database_name,
        "folder": str(folder),
        "base_dir": str(folder / "jobflow_remote" / "coatscreen"),
        "script_file": str(folder / QUEUE_SCRIPT),
        "work_folder": str(site.work_folder),
        "worker": f"coatscreen-{site.scheduler}",
        "scheduler": site.scheduler,
        "q_type": _Q_TYPES[site.scheduler],
        "max_jobs": site.max_jobs,
        "ping": site.ping_seconds,
        "expiration": site.lost_after_s,
        "sleep": site.poll_seconds,
        "category": "" if site.vasp_command is not None else "__none__",
        "vasp_command": site.vasp_command or "vasp_std",
        "rocket_launch": launch,
        **_request(site, absent=True),
    }
    blocks = {
        "pre_rocket": _indented(preparation(site), 2),
        "pre_run": _indented(preparation(site), 6),
        "directives": _indented(directives(site), 8),
    }
    words = {"script": QUEUE_SCRIPT, "timeout": str(timeout), "loops": str(loops)}
    return {**{name: _scalar(value) for name, value in scalars.items()}, **blocks, **words}


def _request(site: Site, absent: bool = False) -> dict[str, Any]:
    """Return what the queue script is filled with. What the site does not ask for is left out, or None if `absent`."""
    hours, minutes = divmod(site.wall_time_minutes, 60)
    threads = _threads(site)
    prefix = _DIRECTIVES[site.scheduler]
    request = {
        "job_name": "coatscreen",
        "walltime": f"{hours:02}:{minutes:02}:00",
        "queue": site.partition,
        "account": site.account,
        "ntasks": site.cores // threads if site.scheduler == "slurm" else None,
        "cpus_per_task": threads if site.scheduler == "slurm" else None,
        "cores": site.cores if site.scheduler != "slurm" else None,
        "memory": _memory(site),
        "parallel_env": site.parallel_env,
        "log": "coatscreen-%j.out" if site.scheduler == "slurm" else None,
        "options": "\n".join(f"{prefix} {option}" for option in site.queue_options) or None,
    }
    return {name: value for name, value in request.items() if absent or value is not None}


def _threads(site: Site) -> int:
    """Return the number of threads of a process: VASP uses the cores by MPI ranks, everything else by threads."""
    return 1 if site.vasp_command is not None else site.cores


def _memory(site: Site) -> str | None:
    """Return the memory as the scheduler takes it: that of the queue job, but for SGE that of one core."""
    if site.memory_mb is None:
        return None
    if site.scheduler == "sge":
        return f"{math.ceil(site.memory_mb / site.cores)}M"
    return f"{site.memory_mb}M" if site.scheduler == "slurm" else f"{site.memory_mb}mb"


def _site_yaml(site: Site) -> str:
    """Return the configuration itself, each value below its meaning."""
    lines = [
        "# The configuration of one cluster, which all other files here are written from: change it here, then run",
        "# `coatscreen site init --overwrite`. Holds the password of the database: nobody else may read this file.",
    ]
    for name, value in site.model_dump(mode="json").items():
        lines.append(f"# {type(site).model_fields[name].description}")
        if isinstance(value, list):
            lines += [f"{name}:", *(f"  - {_scalar(item)}" for item in value)] if value else [f"{name}: []"]
        else:
            lines.append(f"{name}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    """Return a value as YAML on one line; a text is always in double quotes."""
    if not isinstance(value, str):
        return "null" if value is None else str(value)
    return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=math.inf).rstrip("\n")


def _indented(lines: list[str], spaces: int) -> str:
    return "\n".join(" " * spaces + line for line in lines)


def _template(name: str) -> str:
    return (resources.files("workflows.queue.site") / "templates" / name).read_text(encoding="utf-8")
