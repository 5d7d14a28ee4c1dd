"""Write the sets of configurations in this folder: what `coatscreen site init` makes of obviously invented answers.

Run as ``python launch_configs/make.py``.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from workflows.queue.site import Site
from workflows.queue.site.config_files import render

FOLDER = Path(__file__).parent
_ANSWERS = {
    "database": "mongodb://coatscreen:PASSWORD@db.example.org:27017/coatscreen",
    "account": "my_account",
    "partition": "my_queue",
    "cores": "4",
    "memory_mb": "8000",
    "wall_time_minutes": "240",
    "environment": "/home/me/coatscreen",
    "work_folder": "/scratch/me/coatscreen",
    "setup": "module load python/3.11",
}
SETS = {
    "slurm": {"scheduler": "slurm", **_ANSWERS},
    "pbs": {"scheduler": "pbs", **_ANSWERS},
    "sge": {"scheduler": "sge", **_ANSWERS, "parallel_env": "smp"},
    "jobflow_remote": {"manager": "jobflow-remote", "scheduler": "slurm", **_ANSWERS},
}


def command(name: str) -> str:
    """Return the command that makes a set for its owner."""
    options = " ".join(f"--{key.replace('_', '-')} {shlex.quote(value)}" for key, value in SETS[name].items())
    return f"coatscreen site init {options}"


def texts(name: str) -> dict[str, str]:
    """Return the files of a set, each with a line on top that says where it comes from."""
    site = Site.make(**{**SETS[name], "setup": [SETS[name]["setup"]]}).placed(Path("/home/me/.config/coatscreen/queue"))
    found = {}
    for file, text in render(site).items():
        shebang, line, rest = text.partition("\n") if text.startswith("#!") else ("", "", text)
        top = "# An example, written by `python launch_configs/make.py`. Yours: `coatscreen site init` (README.md)."
        found[file] = f"{shebang}{line}{top}\n{rest}"
    return found


def main() -> None:
    """Write all sets."""
    for name in SETS:
        for file, text in texts(name).items():
            path = FOLDER / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
