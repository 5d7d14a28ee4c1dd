"""A real Slurm of one node in a folder of its own: Debian's packages, no systemd, for tests.

``python tests/cluster/slurm_sandbox.py install`` installs the packages, ``up FOLDER`` starts Slurm and munge there and
prints what to export, ``down FOLDER`` stops them. It needs root, and changes nothing outside the folder.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

CONFIGURATION = """\
ClusterName=sandbox
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
CommunicationParameters=NoAddrCache
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.own.pid
SlurmdPidFile={folder}/run/slurmd-%n.own.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/log/jobcomp.txt
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
OverTimeLimit=0
KillWait=1
MinJobAge=600
SlurmctldTimeout=30
PartitionName=debug Nodes=ALL Default=YES MaxTime=60 DefaultTime=5 OverSubscribe=NO State=UP
"""
ONE_NODE = """\
SlurmctldHost={host}(127.0.0.1)
SlurmdTimeout=60
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU={memory_of_cpu_mb}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName={host} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
PartitionName=urgent Nodes={host} MaxTime=60 DefaultTime=5 OverSubscribe=NO PriorityTier=2 State=UP
"""
PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
MARK = "SLURM_SANDBOX"
UNFINISHED = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED"}
LONGEST_SOCKET_PATH = 100


class SandboxError(Exception):
    """Slurm did not do what it was asked to."""


def why_no_slurm() -> str | None:
    """Return why a sandbox can not be brought up here, or None where it can."""
    missing = [program for program in PROGRAMS if _program(program) is None]
    if missing:
        return f"Slurm is not installed ({', '.join(missing)}): python tests/cluster/slurm_sandbox.py install"
    if os.geteuid() != 0:
        return "a Slurm of one's own needs root"
    return None


class SlurmSandbox:
    """A Slurm with one node, the machine it runs on.

    Parameters
    ----------
    folder
        Where everything of it lies.
    cpus
        The processors that Slurm believes in; they may be more than there are.
    """

    def __init__(self, folder: Path, cpus: int = 4) -> None:
        self.folder = folder.resolve()
        self.configuration = self.folder / "slurm.conf"
        self.cpus = cpus

    def environment(self) -> dict[str, str]:
        """Return the environment in which Slurm's commands find this one."""
        return {**os.environ, "SLURM_CONF": str(self.configuration)}

    def start(self) -> None:
        """Start munge, the controller and the node, and wait until jobs can run.

        Raises
        ------
        SandboxError
            Where they do not come up; the message ends with their logs.
        """
        if len(str(self.folder)) > LONGEST_SOCKET_PATH - len("/munge/socket.lock"):
            raise SandboxError(f"the path is too long for a socket: {self.folder}")
        for name in ("munge", "state", "spool", "run", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "munge").chmod(0o711)
        (self.folder / "munge" / "key").write_bytes(os.urandom(128))
        (self.folder / "munge" / "key").chmod(0o600)
        controller_port, node_port = _free_ports(2)
        text = CONFIGURATION.format(folder=self.folder, controller_port=controller_port, node_port=node_port)
        self.configuration.write_text(text + self._nodes())
        try:
            munge = self.folder / "munge"
            options = [f"--key-file={munge}/key", f"--socket={munge}/socket", f"--pid-file={munge}/pid"]
            options += [f"--log-file={munge}/log", f"--seed-file={munge}/seed"]
            self._spawn("munged", "--foreground", "--force", *options)
            _wait((munge / "socket").exists, 10, "munge's socket")
            self._start_daemons()
            _wait(self._nodes_are_up, 40, "the nodes")
        except SandboxError as error:
            logs = "".join(f"\n{log.name}:\n{log.read_text()[-1500:]}" for log in (self.folder / "log").iterdir())
            self.stop()
            raise SandboxError(f"{error}{logs}") from error

    def _nodes(self) -> str:
        """Return the lines of the configuration that name the controller's machine and the nodes."""
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 512
        host = socket.gethostname().partition(".")[0]
        memory_of_cpu_mb = memory_mb // self.cpus
        return ONE_NODE.format(host=host, cpus=self.cpus, memory_mb=memory_mb, memory_of_cpu_mb=memory_of_cpu_mb)

    def _start_daemons(self) -> None:
        """Start the controller and the nodes."""
        self._spawn("slurmctld", "-D", "-f", str(self.configuration))
        self._spawn("slurmd", "-D", "-f", str(self.configuration))

    def stop(self) -> None:
        """Cancel every job and stop the daemons; no process is left."""
        if self._pid("slurmctld") is not None:
            with contextlib.suppress(SandboxError):
                for job_id, (_, state) in self.jobs().items():
                    if state in UNFINISHED:
                        self.cancel(job_id)
                self.wait_idle(10)
        steps = _marked(self.folder, "slurmstepd")
        for name in ("slurmd", "slurmctld", "munged"):
            self._end(name)
        for pid in [*_below(steps), *steps]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def restart_slurmd(self, down_s: float = 0.0) -> None:
        """Kill the node's daemon and start it again; its jobs go on.

        Parameters
        ----------
        down_s
            How long it is away, s.
        """
        self._end("slurmd", signal.SIGKILL)
        time.sleep(down_s)
        self._spawn("slurmd", "-D", "-f", str(self.configuration))
        _wait(self._nodes_are_up, 40, "the node")

    def submit(self, script: str, *options: str, folder: Path | None = None) -> int:
        """Submit a shell script, and return the job's number."""
        where = folder or self.folder
        answer = self._command("sbatch", "--parsable", f"--chdir={where}", *options, text=script)
        return int(answer.partition(";")[0])

    def jobs(self) -> dict[int, tuple[str, str]]:
        """Return name and state of every job of the last ten minutes, by number."""
        rows = self._command("squeue", "--noheader", "--states=all", "--format=%A|%T|%j").splitlines()
        parts = [row.strip().split("|", 2) for row in rows if row.strip()]
        return {int(job_id): (name, state) for job_id, state, name in parts}

    def state(self, job_id: int) -> str:
        """Return the state of a job, such as RUNNING or TIMEOUT."""
        known = self.jobs()
        if job_id not in known:
            raise SandboxError(f"Slurm knows no job {job_id}")
        return known[job_id][1]

    def completions(self) -> str:
        """Return what Slurm wrote about the jobs that have ended."""
        path = self.folder / "log" / "jobcomp.txt"
        return path.read_text() if path.exists() else ""

    def wait_state(self, job_id: int, *states: str, timeout_s: float = 60) -> str:
        """Wait until a job is in one of the states, and return it."""
        _wait(lambda: self.state(job_id) in states, timeout_s, f"job {job_id} to be {' or '.join(states)}")
        return self.state(job_id)

    def wait_idle(self, timeout_s: float = 120) -> None:
        """Wait until no job is queued or running."""
        _wait(lambda: not any(state in UNFINISHED for _, state in self.jobs().values()), timeout_s, "idle queue")

    def cancel(self, job_id: int) -> None:
        """Cancel a job: CANCELLED."""
        self._command("scancel", str(job_id))

    def suspend(self, job_id: int) -> None:
        """Stop the processes of a running job, until it is resumed: SUSPENDED."""
        self._command("scontrol", "suspend", str(job_id))

    def resume(self, job_id: int) -> None:
        """Let a suspended job go on: RUNNING."""
        self._command("scontrol", "resume", str(job_id))

    def requeue(self, job_id: int) -> None:
        """Put a job back into the queue; one submitted with ``--no-requeue`` cannot be."""
        self._command("scontrol", "requeue", str(job_id))

    def kill(self, job_id: int) -> None:
        """Kill the processes of a running job, as a machine out of memory would: FAILED."""
        found: list[int] = []

        def begun() -> bool:
            with contextlib.suppress(SandboxError):  # a job is RUNNING a little before its step is there
                rows = self._command("scontrol", "listpids", str(job_id)).splitlines()[1:]
                found.extend(int(row.split()[0]) for row in rows)
            return bool(found)

        _wait(begun, 10, f"the processes of job {job_id}")
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def expire(self, job_id: int) -> None:
        """Let a running job's time limit end now: TIMEOUT, within half a minute (when Slurm looks next)."""
        self._command("scontrol", "update", f"jobid={job_id}", "EndTime=now")

    def _nodes_are_up(self) -> bool:
        try:
            states = set(self._command("sinfo", "--noheader", "--format=%T").split())
        except SandboxError:
            return False
        return bool(states) and states <= {"idle", "mixed", "allocated"}

    def _command(self, *command: str, text: str | None = None) -> str:
        done = subprocess.run(command, input=text, env=self.environment(), capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise SandboxError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def _spawn(self, name: str, *options: str, inside: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a daemon, or what starts it inside something."""
        environment = {**self.environment(), MARK: str(self.folder)}
        with (self.folder / "log" / f"{name}.out").open("ab") as out:
            daemon = subprocess.Popen(
                [*inside, str(_program(name)), *options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        (self.folder / "run" / f"{name}.pid").write_text(str(daemon.pid))
        return daemon

    def _pid(self, name: str) -> int | None:
        path = self.folder / "run" / f"{name}.pid"
        pid = int(path.read_text()) if path.exists() else None
        return pid if pid in _marked(self.folder, name) else None

    def _end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        pid = self._pid(name)
        if pid is None:
            return
        os.kill(pid, how)
        patience = time.monotonic() + 10
        while pid in _marked(self.folder, name):
            if time.monotonic() > patience:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        (self.folder / "run" / f"{name}.pid").unlink()


def install() -> None:
    """Install Slurm and munge; no daemon is started."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "update"], check=True, env=environment)
    packages = ["slurm-wlm", "slurm-wlm-torque", "munge"]
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *packages], check=True, env=environment)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in sockets]


def _wait(done, timeout_s: float, what: str) -> None:
    patience = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > patience:
            raise SandboxError(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(0.1)


def _marked(folder: Path, name: str) -> list[int]:
    """Return the daemons of that name that this folder's sandbox started."""
    mark = f"{MARK}={folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (process / "stat").read_text()
            called, state = stat.partition("(")[2].rpartition(")")[0], stat.rpartition(")")[2].split()[0]
            if called == name and state != "Z" and mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def _below(pids: list[int]) -> list[int]:
    """Return the children of processes, theirs, and so on."""
    parents: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(process.name))
    found = [child for pid in pids for child in parents.get(pid, [])]
    return [*found, *_below(found)] if found else []


def main() -> None:
    """Install, start or stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("install")
    for verb in ("up", "down"):
        verbs.add_parser(verb).add_argument("folder", type=Path)
    asked = parser.parse_args()
    if asked.verb == "install":
        install()
        return
    if reason := why_no_slurm():
        sys.exit(reason)
    sandbox = SlurmSandbox(asked.folder)
    if asked.verb == "down":
        sandbox.stop()
        return
    sandbox.start()
    print(f"export SLURM_CONF={sandbox.configuration}")


if __name__ == "__main__":
    main()
