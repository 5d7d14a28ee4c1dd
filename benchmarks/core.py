"""The compiled core beside numpy's, and both beside pymatgen, on the same energies in one run.

python benchmarks/core.py             # a minute, or some with pymatgen's nine elements
python benchmarks/core.py --quick     # without pymatgen

Times are processor times, so that other work on the machine counts little; what is to be compared are the ratios.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # one core

import argparse
import time
from contextlib import contextmanager

import numpy as np
from equilibrium import CATHODE, ELECTROLYTE, beside_pymatgen, fresh

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface
from screening.equilibrium.survey import Pair, Survey
from screening.hull import vertex
from screening.hull.compiled.core import VARIABLE, core
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.sampled_quantities import interface_uncertainty

COATINGS, ONE_BY_ONE = 1_000, 60
HALF = "Li0.5Ni0.83Co0.12Mn0.05O2"
RESERVOIR = Reservoir({"Li": -3.66})


@contextmanager
def using(name):
    """Use one of the cores."""
    before = os.environ.get(VARIABLE, "")
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        os.environ[VARIABLE] = before


def seconds(function, repeats=1):
    """Return the shortest processor time of some calls."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def beside_numpy(what, numpy_s, compiled_s, unit=1e6, name="us"):
    both = f"numpy {numpy_s * unit:8.1f} {name}, compiled {compiled_s * unit:8.1f} {name}"
    print(f"{what:40s} {both}, x{numpy_s / compiled_s:.1f}")


def line(phases, held):
    """One line in nine elements: whole, and a pivot beside one product of a vector with all columns."""
    system = phases.system({*parse_formula(CATHODE), *parse_formula(ELECTROLYTE), "Nb"}, held)
    start, stop = (system.vector(parse_formula(formula)) for formula in (ELECTROLYTE, CATHODE))
    program, found = system._program, {}
    for name in ("numpy", "compiled"):
        with using(name):
            program.path(start, stop)
            found[name] = seconds(lambda: [program.path(start, stop) for _ in range(50)], 7) / 50
    count, pivot = [0], vertex.Vertex._pivot

    def counting(*given):
        count[0] += 1
        pivot(*given)

    vertex.Vertex._pivot = counting
    program._path(start, stop)
    vertex.Vertex._pivot = pivot
    vector, out = np.ones(len(system.matrix)), np.empty(system.matrix.shape[1])
    product = seconds(lambda: [np.dot(vector, system.matrix, out=out) for _ in range(1000)], 7) / 1000
    what = f"a line, {system.matrix.shape[0]} x {system.matrix.shape[1]}, {count[0]} pivots"
    beside_numpy(what, found["numpy"], found["compiled"])
    each = [found[name] / count[0] for name in ("numpy", "compiled")]
    beside_numpy("  a pivot, everything included", *each)
    print(
        f"  a bare product over the columns {product * 1e6:.2f} us: a compiled pivot is {each[1] / product:.1f} of it"
    )


def contacts(phases):
    """Contacts of many coatings, each in its own system, against today's way to one contact."""
    known = [phases.formula(int(i)) for i in phases.lowest_among(np.arange(len(phases)))]
    oxides = [f for f in known if {"Li", "O"} < set(parse_formula(f)) and len(parse_formula(f)) <= 4]
    coatings = oxides[:: max(1, len(oxides) // COATINGS)][:COATINGS]
    for held in ((), (RESERVOIR,)):
        pairs = [Pair(c, partner, held) for c in coatings for partner in (CATHODE, HALF, ELECTROLYTE)]
        some = pairs[:: len(pairs) // ONE_BY_ONE]
        with using("compiled"):
            survey = Survey([phases])
            first = seconds(lambda survey=survey, pairs=pairs: survey.contacts(pairs))
            again = seconds(lambda survey=survey, pairs=pairs: survey.contacts(pairs), 3)
        each = {}
        for name in ("numpy", "compiled"):
            own = fresh(phases)
            _ = own.shelved  # the lowest of each composition is known before the time is taken
            with using(name):
                run = [Interface(own, pair.a, pair.b, *held).reaction for pair in some]
                each[name] = seconds(lambda run=run: [one() for one in run]) / len(some)
        name = "open to Li" if held else "closed"
        print(
            f"{len(pairs)} contacts, {name}: {len(pairs) / first:,.0f}/s, again {len(pairs) / again:,.0f}/s; "
            f"Interface(...).reaction() with numpy {1 / each['numpy']:,.0f}/s, compiled {1 / each['compiled']:,.0f}/s; "
            f"x{each['numpy'] * len(pairs) / first:.0f} and x{each['numpy'] * len(pairs) / again:.0f}"
        )


def stability(phases):
    """Find the energies of the hull at all compositions."""
    positions = phases.lowest_among(np.arange(len(phases)))
    compositions = [phases.table.composition(int(i)) for i in positions]
    with using("compiled"):
        own = fresh(phases)
        first = seconds(lambda: Survey([own]).mixture_energies(compositions))
        again = seconds(lambda: Survey([own]).mixture_energies(compositions))
    with using("numpy"):
        own = fresh(phases)
        each = seconds(lambda: [own.system(c).mixture(c) for c in compositions[:: len(compositions) // 500]]) / 500
    print(
        f"stability of {len(compositions)} compositions: {first:.2f} s, again {again:.2f} s; with numpy one by one "
        f"{each * len(compositions):.1f} s (extrapolated from 500): x{each * len(compositions) / first:.0f}"
    )


def samples(phases):
    """One interface in 200 samples of the energies, drawing included."""
    times = {}
    for name in ("numpy", "compiled"):
        with using(name):
            times[name] = seconds(lambda: interface_uncertainty(phases, HALF, ELECTROLYTE), 2)
    beside_numpy("an interface in 200 samples, drawn", times["numpy"], times["compiled"], 1.0, "s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out pymatgen")
    arguments = parser.parse_args()
    with using("compiled"):
        core()  # an error where it is not built
    phases = PhaseSet.reference()
    for held in (None, RESERVOIR):
        line(phases, held)
    contacts(phases)
    stability(phases)
    samples(phases)
    if not arguments.quick:
        beside_pymatgen(phases, (), 1)
        beside_pymatgen(phases, ("Nb",), 1)
    print(f"paths that the compiled core left to numpy: {core().failures}")


if __name__ == "__main__":
    main()
