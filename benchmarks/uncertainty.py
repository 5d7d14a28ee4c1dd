"""How long samples of the energies take, and the interfaces, windows and stabilities in them.

On one core of whatever this runs on:

    python benchmarks/uncertainty.py --samples 200

Beside each: the same without the nominal energies to begin from, as if every sample were a new set of energies.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface
from screening.phases.phase_set import PhaseSet
from screening.phases.systems import Systems
from screening.uncertainty import sampled
from screening.uncertainty.sampled_quantities import interface_uncertainty, stability_uncertainty, window_uncertainty

CATHODE, ELECTROLYTE = "Li0.5Ni0.83Co0.12Mn0.05O2", "Li6PS5Cl"


def timed(what: str, run: Callable[[], object]) -> None:
    start, worked = time.perf_counter(), time.process_time()
    run()
    print(f"{what:60s} {time.perf_counter() - start:7.2f} s, {time.process_time() - worked:7.2f} s of a core")


def one_by_one(phases: PhaseSet, n_samples: int) -> None:
    for sample in sampled(phases, {*parse_formula(CATHODE), *parse_formula(ELECTROLYTE)}, n_samples):
        sample._systems = Systems(sample._polymorphs, sample.formation_energies)
        Interface(sample, CATHODE, ELECTROLYTE).profile()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200)
    n = parser.parse_args().samples
    phases = PhaseSet.reference()
    system = {*parse_formula(CATHODE), *parse_formula(ELECTROLYTE)}
    inside = phases.within(system)
    print(f"{n} samples; {len(inside)} phases in {'-'.join(sorted(system))}")
    timed("samples of the energies", lambda: sampled(phases, system, n))
    timed(f"interface {CATHODE} | {ELECTROLYTE}", lambda: interface_uncertainty(phases, CATHODE, ELECTROLYTE, None, n))
    timed("the same, each sample from the beginning", lambda: one_by_one(phases, n))
    timed("interface LiNbO3 | Li6PS5Cl", lambda: interface_uncertainty(phases, "LiNbO3", ELECTROLYTE, None, n))
    timed("window of Li3PS4", lambda: window_uncertainty(phases, "Li3PS4", n))
    timed("stability of Li6PS5Cl", lambda: stability_uncertainty(phases, ELECTROLYTE, n))


if __name__ == "__main__":
    main()
