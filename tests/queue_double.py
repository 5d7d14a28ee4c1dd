"""A double of a scheduler: its commands, which run a job at once on this machine with an environment of its own."""

from __future__ import annotations

import getpass
import os
import shutil
from pathlib import Path

_RUN = """#!/bin/bash
# sbatch or qsub: in the mode `refuse` no job is taken, in `pending` none starts, in `vanish` it ends without having run
mode=$(cat "{folder}/mode")
if [ "$mode" = refuse ]; then echo "{submit}: error: Invalid account" >&2; exit 1; fi
rm -f "{folder}/cancelled"; echo "$1" >"{folder}/submitted"; echo "$PWD" >"{folder}/where"; env >"{folder}/environment"
if [ "$mode" = mumble ]; then echo "welcome to cluster 2"; exit 0; fi
if [ "$mode" = late ]; then echo "{submit}: error: Socket timed out on send/recv operation" >&2; exit 1; fi
if [ "$mode" = run ]; then
    env -i HOME="$HOME" USER="$USER" PATH=/usr/bin:/bin {variable}="$PWD" bash "$1" >job.log 2>&1 &
    echo $! >"{folder}/pid"
fi
echo "{told}"
"""
_CANCEL = """#!/bin/bash
echo "$1" >"{folder}/cancelled"
"""
_ASK = """#!/bin/bash
# squeue or qstat
mode=$(cat "{folder}/mode")
if [ "$mode" = silent ]; then echo "{ask}: error: cannot connect to the server" >&2; exit 1; fi
here=
if [ -e "{folder}/submitted" ] && [ ! -e "{folder}/cancelled" ]; then
    case "$mode" in pending|mumble|late) here={pending};; esac
    if [ "$mode" = run ] && kill -0 "$(cat "{folder}/pid")" 2>/dev/null; then here={running}; fi
fi
case "$*" in *"{why}"*)
    if [ -z "$here" ]; then echo "{ask}: error: Invalid job id specified" >&2; exit 1; fi
    echo '{because}'; sed 's/^/    workdir = /; s/./&\\n\\t/60' "{folder}/where"; exit 0;;
esac
if [ -z "$here" ]; then exit 0; fi
case "$*" in *'"%u"'*) echo '"{user}"';; *) {rows};; esac
"""
_WORDS = {
    "slurm": {
        "names": ("sbatch", "squeue", "scancel"),
        "variable": "SLURM_SUBMIT_DIR",
        "told": "Submitted batch job 7",
        "why": "show job -o 7",
        "because": "JobId=7 JobName=coatscreen JobState=PENDING Reason=Resources Dependency=(null)",
        "pending": "PD",
        "running": "R",
        "rows": 'echo "7 $here"',
    },
    "pbs": {
        "names": ("qsub", "qstat", "qdel"),
        "variable": "PBS_O_WORKDIR",
        "told": "7.server",
        "why": "-f 7",
        "because": "    comment = Not Running: Insufficient amount of resource",
        "pending": "Q",
        "running": "R",
        "rows": (
            'echo "Job ID Username Queue Jobname SessID NDS TSK Memory Time S Time";'
            'echo "--- --- --- --- --- --- --- --- --- --- ---";'
            'echo "7.server {user} short coat-doctor 1 1 1 -- 00:05 $here 00:00"'
        ),
    },
    "sge": {
        "names": ("qsub", "qstat", "qdel"),
        "variable": "SGE_O_WORKDIR",
        "told": 'Your job 7 (\\"coat-doctor\\") has been submitted',
        "why": "-j 7",
        "because": "scheduling info:            queue instance is overloaded",
        "pending": "qw",
        "running": "r",
        "rows": (
            'echo "job-ID prior name user state submit/start at queue slots ja-task-ID";'
            'echo "-----------------------------------------";'
            'echo "7 0.5 coat-docto {user} $here 11/21/2026 12:00:00 1"'
        ),
    },
}


class QueueDouble:
    """The commands of a scheduler, in a folder to be put on PATH.

    Parameters
    ----------
    folder
        Empty, or to be made.
    scheduler
        ``"slurm"``, ``"pbs"`` or ``"sge"``; their output is written after their manuals.
    """

    def __init__(self, folder: Path, scheduler: str) -> None:
        self.folder = folder
        words = _WORDS[scheduler]
        submit, ask, cancel = words["names"]
        folder.mkdir(parents=True)
        common = {**words, "folder": folder, "user": getpass.getuser(), "submit": submit, "ask": ask}
        common["rows"] = words["rows"].replace("{user}", getpass.getuser())
        for name, text in ((submit, _RUN), (ask, _ASK), (cancel, _CANCEL)):
            (folder / name).write_text(text.format(**common))
            (folder / name).chmod(0o755)
        if scheduler == "slurm":
            shutil.copy(folder / ask, folder / "scontrol")
        self.mode = "run"

    @property
    def path(self) -> str:
        """PATH with these commands first."""
        return f"{self.folder}:{os.environ['PATH']}"

    @property
    def mode(self) -> str:
        """What becomes of jobs: run, refuse, pending, vanish; or silent: the scheduler does not answer.

        In ``mumble`` a job is taken with an answer that names none, in ``late`` with an error.
        """
        return (self.folder / "mode").read_text()

    @mode.setter
    def mode(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)

    @property
    def cancelled(self) -> bool:
        """Whether the job was cancelled."""
        return (self.folder / "cancelled").exists()
