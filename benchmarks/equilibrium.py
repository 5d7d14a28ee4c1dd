"""Time phase equilibria and interfaces beside pymatgen, on the same energies, in one run.

python benchmarks/equilibrium.py            # some minutes, most of them pymatgen's nine elements
python benchmarks/equilibrium.py --quick    # without those
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # one core

import argparse
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface
from screening.hull import vertex
from screening.hull.reservoir import Reservoir
from screening.hull.simplex import Program
from screening.phases.phase_set import PhaseSet

CATHODE, ELECTROLYTE = "LiNi0.83Co0.12Mn0.05O2", "Li6PS5Cl"
RESERVOIR = Reservoir({"Li": -3.66})
RANDOM_PAIRS, COATINGS = 300, 50


def timed(function, repeats):
    """Call several times; return the last result, the fastest and the median time in seconds of a processor."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return result, min(times), statistics.median(times)


def fresh(phases):
    """Return the same set, loaded but never asked: no chemical system selected, no optimum known."""
    return PhaseSet.from_table(phases.scale, phases.table)


def entries_of(phases, positions):
    """Make pymatgen entries of some phases."""
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.core import Composition

    chosen = [(Composition(phases.formula(i)), float(phases.energies[i])) for i in positions]
    return [PDEntry(composition, energy * composition.num_atoms) for composition, energy in chosen]


def beside_pymatgen(phases, more, repeats):
    """Compute all kinks of the cathode beside the electrolyte, the elements `more` added, building included."""
    from pymatgen.analysis.interface_reactions import InterfacialReactivity
    from pymatgen.analysis.phase_diagram import PhaseDiagram
    from pymatgen.core import Composition

    elements = {*parse_formula(CATHODE), *parse_formula(ELECTROLYTE), *more}
    entries = entries_of(phases, phases.system(elements).positions)  # the lowest of each composition, as here
    pair = [Composition(formula).fractional_composition for formula in (CATHODE, ELECTROLYTE)]

    def theirs():
        return InterfacialReactivity(*pair, PhaseDiagram(entries), norm=True, use_hull_energy=True).get_kinks()

    def ours():
        interface = next(sets).system(elements)
        return interface.line(interface.vector(parse_formula(ELECTROLYTE)), interface.vector(parse_formula(CATHODE)))

    sets = iter([fresh(phases) for _ in range(15)])
    line, best, median = timed(ours, 15)
    kinks, their_best, _ = timed(theirs, repeats)
    x, mutual = np.array([(kink[1], kink[2]) for kink in sorted(kinks, key=lambda kink: kink[1])]).T
    found = line.energies - line.t * line.energies[-1] - (1 - line.t) * line.energies[0]
    worst = max(np.abs(np.interp(line.t, x, mutual) - found).max(), np.abs(np.interp(x, line.t, found) - mutual).max())
    print(f"{len(elements)} elements, {len(entries)} entries: pymatgen PhaseDiagram + get_kinks {their_best:.2f} s")
    print(f"  here: system selected from the loaded set + all kinks {best * 1e3:.2f} ms (median {median * 1e3:.2f})")
    print(f"  ratio {their_best / median:,.0f} (fastest of theirs, median of ours)")
    print(f"  {len(line.t)} and {len(x)} kinks, energies differ by {worst:.1e} eV/atom")


def one_profile(phases, reservoir):
    """Time the cathode beside the electrolyte through the public interface, first and later."""
    name = "closed" if reservoir is None else f"open {reservoir.mu_relative_ev}"
    sets = iter([fresh(phases) for _ in range(15)])
    _, cold, cold_median = timed(lambda: Interface(next(sets), CATHODE, ELECTROLYTE, reservoir).profile(), 15)
    warm = fresh(phases)
    profile, best, median = timed(lambda: Interface(warm, CATHODE, ELECTROLYTE, reservoir).profile(), 100)
    print(
        f"Interface({CATHODE}, {ELECTROLYTE}, {name}).profile(): {len(profile.x)} kinks; first of the set "
        f"{cold * 1e3:.2f} ms (median {cold_median * 1e3:.2f}), later {best * 1e3:.2f} ms (median {median * 1e3:.2f})"
    )
    interface = Interface(warm, CATHODE, ELECTROLYTE, reservoir)
    system, start, stop = interface.system, interface._start, interface._stop
    _, best, median = timed(lambda: float(system.line(start, stop).energies.min()), 100)
    print(f"  the system's line and its minimum alone: {best * 1e3:.2f} ms (median {median * 1e3:.2f})")


def throughput(phases, more, reservoir):
    """Random pairs of phases within one chemical system, from one of which nothing is known."""
    elements = {*parse_formula(CATHODE), *parse_formula(ELECTROLYTE), *more}
    columns = fresh(phases).system(elements, reservoir).matrix.T.copy()
    pairs = np.random.default_rng(0).integers(0, len(columns), (RANDOM_PAIRS, 2))
    systems = iter([fresh(phases).system(elements, reservoir) for _ in range(5)])

    def run():
        system = next(systems)
        return sum(len(system.line(columns[a], columns[b]).t) for a, b in pairs)

    kinks, best, median = timed(run, 5)
    name = "closed" if reservoir is None else f"open {reservoir.mu_relative_ev}"
    print(
        f"{RANDOM_PAIRS} random pairs, {len(elements)} elements, {len(columns)} phases, {name}: "
        f"{RANDOM_PAIRS / best:.0f} profiles/s (median {RANDOM_PAIRS / median:.0f}), "
        f"{kinks / RANDOM_PAIRS:.1f} kinks each"
    )


def screening(phases, reservoir):
    """Many coatings beside one electrolyte, each its own chemical system, through the public interface."""
    formulas = sorted({phases.formula(i) for i in range(len(phases))})
    oxides = [f for f in formulas if {"Li", "O"} < set(parse_formula(f)) and len(parse_formula(f)) <= 4]
    coatings = oxides[:: len(oxides) // COATINGS][:COATINGS]
    sets = [fresh(phases) for _ in range(5)]
    name = "closed" if reservoir is None else f"open {reservoir.mu_relative_ev}"
    for label in ("the first time", "again"):
        order = iter(sets)

        def run(order=order):
            own = next(order)
            for coating in coatings:
                Interface(own, coating, ELECTROLYTE, reservoir).profile()

        _, best, median = timed(run, 5)
        print(
            f"{COATINGS} coatings beside {ELECTROLYTE}, {name}, {label}: {COATINGS / best:.0f} profiles/s "
            f"(median {COATINGS / median:.0f})"
        )


def pivots(phases, more, reservoir):
    """Time a pivot, and the least it could take: each phase's column read once."""
    elements = {*parse_formula(CATHODE), *parse_formula(ELECTROLYTE), *more}
    system = fresh(phases).system(elements, reservoir)
    start, stop = (system.vector(parse_formula(formula)) for formula in (ELECTROLYTE, CATHODE))
    unit = np.array([int(np.flatnonzero(row == 1.0)[0]) for row in system.matrix])
    program = Program(system.matrix, system.costs, unit)
    program.path(start, stop)
    count, pivot = [0], vertex.Vertex._pivot

    def counting(self, *given):
        count[0] += 1
        pivot(self, *given)

    vertex.Vertex._pivot = counting
    path = program._path(start, stop)  # the compiled core does not count
    vertex.Vertex._pivot = pivot
    _, whole, _ = timed(lambda: program.path(start, stop), 100)
    vector, out = path.duals[0].copy(), np.empty(system.matrix.shape[1])
    _, batch, _ = timed(lambda: [np.dot(vector, system.matrix, out=out) for _ in range(1000)], 20)
    each, floor = whole / count[0] * 1e6, batch / 1000 * 1e6
    name = "closed" if reservoir is None else f"open {reservoir.mu_relative_ev}"
    print(
        f"{system.matrix.shape[0]} x {system.matrix.shape[1]}, {name}: {count[0]} pivots, {whole * 1e3:.2f} ms, "
        f"{each:.1f} us a pivot with everything; a bare vector-matrix product {floor:.2f} us; ratio {each / floor:.1f}"
    )


def memory():
    """Peak memory of a fresh process that loads the packaged energies and computes one profile with its document."""
    Interface(PhaseSet.reference(), CATHODE, ELECTROLYTE).document()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--energies", help="file of a PhaseSet; default: the packaged energies")
    parser.add_argument("--quick", action="store_true", help="leave out pymatgen's nine elements")
    parser.add_argument("--memory", action="store_true", help="only the peak memory of one profile")
    arguments = parser.parse_args()
    if arguments.memory:
        memory()
        return
    phases = PhaseSet.from_file(arguments.energies) if arguments.energies else PhaseSet.reference()
    print(phases)
    for reservoir in (None, RESERVOIR):
        one_profile(phases, reservoir)
    for more in ((), ("Nb",)):
        for reservoir in (None, RESERVOIR):
            pivots(phases, more, reservoir)
            throughput(phases, more, reservoir)
    for reservoir in (None, RESERVOIR):
        screening(phases, reservoir)
    entries = entries_of(phases, range(len(phases)))
    _, best, _ = timed(lambda: PhaseSet.from_entries(entries, phases.scale), 3)
    print(f"PhaseSet.from_entries of all {len(entries)} entries: {best:.2f} s")
    subprocess.run([sys.executable, __file__, "--memory"], check=True)
    beside_pymatgen(phases, (), 2)
    if not arguments.quick:
        beside_pymatgen(phases, ("Nb",), 1)


if __name__ == "__main__":
    main()
