"""A real Slurm of three nodes on one machine: each in network, process and mount namespaces of its own.

A node can be cut off the network and powered off. The controller and the database are in a namespace of their own too,
`head`; a process enters it, and then sees the cluster as from its login node. It needs root, and changes nothing of the
machine's own network.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from cluster.slurm_sandbox import SandboxError, SlurmSandbox, _program, _wait, why_no_slurm

HEAD = "10.91.7.1"
NODES = {"n1": "10.91.7.11", "n2": "10.91.7.12", "n3": "10.91.7.13"}
TIMEOUT_S = 20  # after which Slurm takes a node that does not answer for down
CONFIGURATION = f"""\
SlurmctldHost=head({HEAD})
SlurmdTimeout={TIMEOUT_S}
MessageTimeout=5
TCPTimeout=2
JobAcctGatherType=jobacct_gather/none
SelectTypeParameters=CR_CPU
NodeName=DEFAULT CPUs=1 RealMemory=1000 State=UNKNOWN
""" + "".join(f"NodeName={name} NodeHostname={name} NodeAddr={address}\n" for name, address in NODES.items())
_CLONE_NEWNET = 0x40000000
_ISOLATED = ("--uts", "--mount")
_OWN_PROCESSES = ("--pid", "--fork", "--kill-child", "--mount-proc")


def why_no_nodes() -> str | None:
    """Return why three nodes can not be brought up here, or None where they can."""
    if reason := why_no_slurm():
        return reason
    missing = [program for program in ("ip", "nsenter", "unshare") if shutil.which(program) is None]
    if missing:
        return f"namespaces cannot be made without {', '.join(missing)}"
    trial = f"cs-trial-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", trial], capture_output=True, text=True)
    subprocess.run(["ip", "netns", "delete", trial], capture_output=True)
    return f"no network namespace can be made: {made.stderr.strip()}" if made.returncode else None


class ThreeNodes(SlurmSandbox):
    """A Slurm with three nodes of one processor each.

    Parameters
    ----------
    folder
        Where everything of it lies.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Make the network, and start munge, the controller and the nodes in it."""
        for name in ("head", *NODES):
            self._ip("netns", "add", self._space(name))
            self._ip("-n", self._space(name), "link", "set", "lo", "up")
        head = ("-n", self._space("head"))
        self._ip(*head, "link", "add", "br0", "type", "bridge")
        self._ip(*head, "addr", "add", f"{HEAD}/24", "dev", "br0")
        self._ip(*head, "link", "set", "br0", "up")
        for name, address in NODES.items():
            node = ("-n", self._space(name))
            peer = ("peer", "name", "eth0", "netns", self._space(name))
            self._ip(*head, "link", "add", f"to-{name}", "type", "veth", *peer)
            self._ip(*head, "link", "set", f"to-{name}", "master", "br0", "up")
            self._ip(*node, "addr", "add", f"{address}/24", "dev", "eth0")
            self._ip(*node, "link", "set", "eth0", "up")
        with self.inside():
            super().start()

    def stop(self) -> None:
        """Power everything off; no process and no namespace is left."""
        for name in list(self.running):
            self.power_off(name)
        for name in ("slurmctld", "munged"):
            self._end(name, signal.SIGKILL)
        for name in ("head", *NODES):
            self._ip("netns", "delete", self._space(name), check=False)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Be on the head in this thread, and in all threads and processes that it starts."""
        with Path("/proc/thread-self/ns/net").open() as own:
            with Path(f"/run/netns/{self._space('head')}").open() as head:
                _enter(head.fileno())
            try:
                yield
            finally:
                _enter(own.fileno())

    def cut(self, node: str) -> None:
        """Pull the cable of a node."""
        self._ip("-n", self._space("head"), "link", "set", f"to-{node}", "down")

    def mend(self, node: str) -> None:
        """Put the cable of a node in again."""
        self._ip("-n", self._space("head"), "link", "set", f"to-{node}", "up")

    def power_off(self, node: str) -> None:
        """Kill everything on a node."""
        unshare = self.running.pop(node)
        unshare.kill()  # the first process of its namespace goes with it, and all others with that
        unshare.wait(10)

    def power_on(self, node: str) -> None:
        """Start a node."""
        daemon = f"{shlex.join([str(_program('slurmd')), '-D', '-N', node, '-f', str(self.configuration)])}; :"
        with (self.folder / "log" / f"{node}.out").open("ab") as out:
            self.running[node] = subprocess.Popen(
                self._within(node, _OWN_PROCESSES, daemon),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def node_state(self, node: str) -> str:
        """Return what Slurm says of a node, such as idle, allocated or down*."""
        return self._command("sinfo", "--noheader", f"--nodes={node}", "--format=%T").strip()

    def until_up(self, node: str) -> None:
        """Wait until Slurm gives a node jobs; one that it took for down it looks at only about once a minute."""
        _wait(lambda: self.node_state(node) in ("idle", "mixed", "allocated"), 180, f"node {node}")

    def _nodes(self) -> str:
        return CONFIGURATION

    def _start_daemons(self) -> None:
        names = {"127.0.0.1": "localhost", HEAD: "head", **{address: name for name, address in NODES.items()}}
        self._hosts.write_text("".join(f"{address} {name}\n" for address, name in names.items()))
        controller = 'exec "$0" "$@"'
        self._spawn("slurmctld", "-D", "-f", str(self.configuration), inside=self._within("head", (), controller))
        for name in NODES:
            self.power_on(name)

    def _within(self, name: str, isolated: Sequence[str], command: str) -> list[str]:
        """Return what runs a command of the shell in the namespaces of a machine, under its name."""
        script = f"mount --bind {shlex.quote(str(self._hosts))} /etc/hosts; hostname {name}; {command}"
        enter = ["nsenter", f"--net=/run/netns/{self._space(name)}"]  # `ip netns exec` takes away the cgroups
        return [*enter, "unshare", *_ISOLATED, *isolated, "sh", "-c", script]

    @property
    def _hosts(self) -> Path:
        return self.folder / "hosts"

    def _space(self, name: str) -> str:
        return f"cs-{os.getpid()}-{name}"

    def _ip(self, *words: str, check: bool = True) -> None:
        done = subprocess.run(["ip", *words], capture_output=True, text=True)
        if check and done.returncode:
            raise SandboxError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def _enter(descriptor: int) -> None:
    """Take this thread into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
