"""How fast a screening goes through a queue, beside the same on this machine with as many processes.

    python benchmarks/queue_throughput.py [--coatings 1000] [--batches 200,20] [--workers 2]

The queue is the sandbox's Slurm and the database a MongoDB, both of the tests, which share the cores. What FireWorks
and its database add to a job is the time of its rocket without that of the job itself, which uses its store;
both from the logs of the workers.

    python benchmarks/queue_throughput.py --contacts

What the slowest job of a screening takes for each coating: workflows/queue/throughput.yaml.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import yaml

from coatscreen import PhaseSet
from screening.coatings import tasks
from screening.coatings.samples import Sampling
from screening.criteria.criteria import default_criteria
from screening.searches.candidates.candidate_documents import Selection
from screening.searches.candidates.selection import stable_compounds
from screening.searches.screening_request import ScreeningPlan, plan_screening

N_CONTACTS, N_SAMPLED, N_SAMPLES = 200, 8, 50
_LINE = re.compile(r"(\S+ \S+) INFO (Launching Rocket|Rocket finished|Starting job|Finished job)")


def planned(number: int) -> ScreeningPlan:
    """Plan so many stable lithium compounds, from all over the list of those."""
    stable = stable_compounds(PhaseSet.reference(), Selection(transition_metals=True), default_criteria())
    apart = len(stable) / number
    return plan_screening([stable[int(i * apart)] for i in range(number)], ["NCM83"], ["Li6PS5Cl"])


def contacts() -> None:
    """Print what contacts with a cathode take."""
    plan = planned(N_CONTACTS)
    source, cathode = plan.energies, plan.cathodes[0]
    phases = source.open()
    states = tasks.cathode_states(source, cathode)
    coatings = [coating.reactant for coating in plan.coatings]
    began = time.process_time()
    tasks.coating_contacts(source, coatings, states)
    print(f"{(time.process_time() - began) / len(coatings):.4f} s a coating ({len(coatings)})")
    sampling = Sampling.of(phases, N_SAMPLES, 0)
    sampled = tasks.sampled_cathode(source, sampling, cathode, states)
    few = coatings[:: len(coatings) // N_SAMPLED][:N_SAMPLED]
    began = time.process_time()
    tasks.sampled_contacts(source, sampling, few, sampled)
    seconds = (time.process_time() - began) / len(few) / N_SAMPLES
    print(f"{seconds:.4f} s a coating and sample ({len(few)} coatings, {N_SAMPLES} samples)")


def rockets(work: Path) -> tuple[list[float], list[float]]:
    """Return how long each rocket and each job took, s, from the logs of the workers."""
    whole, inner = [], []
    for log in work.rglob("coatscreen-*.out"):
        begun: dict[str, datetime] = {}
        for line in log.read_text().splitlines():
            if found := _LINE.match(line):
                when, what = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f"), found[2]
                if what in ("Launching Rocket", "Starting job"):
                    begun[what] = when
                elif what == "Finished job":
                    inner.append((when - begun["Starting job"]).total_seconds())
                elif "Starting job" in begun:
                    whole.append((when - begun["Launching Rocket"]).total_seconds())
                    begun = {}
    return whole, inner


def compare(plan: ScreeningPlan, batch_size: int, workers: int, folder: Path) -> None:
    """Run a screening here and on the queue, and print how long both took."""
    from cluster.queue_site import QueueSite
    from cluster.slurm_sandbox import SlurmSandbox
    from mongo_server import MongoServer

    config = folder / "screening.yaml"
    config.write_text(yaml.safe_dump({"coatings": [c.name for c in plan.coatings], "batch_size": batch_size}))
    began = time.perf_counter()
    command = [sys.executable, "-m", "coatscreen", "run", "--config", str(config)]
    command += ["--workers", str(workers), "--store", str(folder / "db"), "--json"]
    subprocess.run(command, check=True, capture_output=True)
    here = time.perf_counter() - began

    server, slurm = MongoServer(folder / "mongodb"), SlurmSandbox(folder / "slurm")
    server.start()
    slurm.start()
    os.environ["SLURM_CONF"] = str(slurm.configuration)
    try:
        site = QueueSite(folder / "site", server.database_uri("benchmark"), slurm, max_jobs=workers, poll_seconds=5)
        began = time.perf_counter()
        site.run("submit", "--config", str(config))
        submitted = time.perf_counter() - began
        site.until(lambda: set(site.states()) == {"completed"}, "the end of the flow", 3600)
        there = time.perf_counter() - began
        n_jobs = len(site.jobs())
        site.until_idle()
        whole, inner = rockets(site.work)
    finally:
        slurm.stop()
        server.stop()
    print(f"{len(plan.coatings)} coatings, {batch_size} in a job: {n_jobs} jobs")
    print(f"  here, {workers} processes: {here:.1f} s")
    print(f"  queue, {workers} queue jobs: {there:.1f} s, of which {submitted:.1f} s for `coatscreen submit`; ", end="")
    print(f"{3600 * n_jobs / there:.0f} jobs an hour")
    added = (sum(whole) - sum(inner)) / len(whole)
    print(f"  a job itself {sum(inner) / len(inner):.3f} s, FireWorks and its database beside it {added:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coatings", type=int, default=1000)
    parser.add_argument("--batches", default="200,20")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--contacts", action="store_true")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if options.contacts:
        contacts()
        return
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    plan = planned(options.coatings)
    for batch_size in map(int, options.batches.split(",")):
        with tempfile.TemporaryDirectory(prefix="queue-") as folder:
            compare(plan, batch_size, options.workers, Path(folder))


if __name__ == "__main__":
    main()
