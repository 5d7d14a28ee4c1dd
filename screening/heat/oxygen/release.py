"""The oxygen that a cathode alone gives off, against its state of charge.

At each lithium content the lowest-energy mixture of known phases shows whether O2 gas is among them. The slope of its
energy towards less oxygen is the chemical potential of oxygen below which oxygen leaves::

    mu_O(release) = d E_eq / d N_O  towards less oxygen

Compared with the potential of a gas, mu_O(T, p), it gives the temperature of release. A system open to that gas gives
the amount released. The lithium content is fixed, or lithium is open to a reservoir at the cathode's own voltage.
Solids are at 0 K, as in S. P. Ong et al., Electrochem. Commun. 12, 427 (2010), who order cathodes by the same
potential.
"""

from __future__ import annotations

from scipy.optimize import brentq

from screening.cathodes.voltage_curve import VoltageCurve
from screening.common.errors import InputError
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.heat.oxygen.oxygen_documents import CathodeOxygen, OxygenBalance, Place
from screening.hull.phase_system import Mixture
from screening.hull.reservoir import Reservoir
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet
from screening.thermochemistry.element_gibbs import temperatures_k
from screening.thermochemistry.gas import oxygen_chemical_potential_ev

_GAS = "O2"


def lithium_grid(cathode: Cathode, step: float) -> list[float]:
    """Return lithium contents from full to empty, in steps of a fraction of the full content."""
    count = round(1.0 / step)
    return [cathode.lithium("full") * (1.0 - k / count) for k in range(count + 1)]


def cathode_oxygen(
    phases: PhaseSet, cathode: Cathode, lithium: str | float, temperature_k: float, pressure_bar: float
) -> CathodeOxygen:
    """Compute the oxygen that a cathode alone gives off at one state of charge.

    Parameters
    ----------
    phases
        The energies.
    cathode
        From the catalogue, or made from a formula.
    lithium
        Lithium per formula unit, or the name of a state.
    temperature_k, pressure_bar
        Temperature (K) and pressure (bar) of the O2 gas that it exchanges oxygen with.

    Raises
    ------
    InputError
        If the cathode holds no oxygen, the lithium content is outside its range, an element has no energies, or the
        temperature or pressure is outside the table of O2.
    """
    check_cathode(cathode)
    gas = oxygen_chemical_potential_ev(temperature_k, pressure_bar)
    content = cathode.lithium(lithium)
    reactant = Reactant(phases, cathode.formula(content))
    voltage = VoltageCurve(phases, cathode).at(content)
    return CathodeOxygen(
        lithium_per_formula_unit=content,
        state_of_charge=clean(1.0 - content / cathode.lithium("full")),
        formula=reactant.formula,
        energy_above_hull_ev_per_atom=reactant.own_energy_above_hull,
        voltage_v=voltage,
        closed=_balance(phases, reactant, None, gas, pressure_bar),
        open_to_lithium=_balance(phases, reactant, voltage, gas, pressure_bar),
    )


def check_cathode(cathode: Cathode) -> None:
    """Check that a cathode has oxygen to release."""
    if "O" not in cathode.host:
        raise InputError(f"the cathode {cathode.name} holds no oxygen to release")


def oxygen_onset(phases: PhaseSet, cathode: Cathode) -> float | None:
    """Find the state of charge from which the closed mixture at 0 K holds O2 gas. It is exact; nothing is sampled.

    Returns
    -------
    float or None
        Fraction of the lithium that is taken out; None if even the empty cathode holds no O2.
    """
    check_cathode(cathode)
    full, empty = (Reactant(phases, cathode.formula(content)) for content in ("full", 0.0))
    system = phases.system(full.composition)
    line = system.line(system.vector(full.composition), system.vector(empty.composition))
    gas = [gas_fraction(phases, line.mixture(k)) for k in range(len(line.t))]
    held = [k for k, fraction in enumerate(gas) if fraction > 0.0]
    if not held:
        return None
    t = float(line.t[max(held[0] - 1, 0)])  # the amount of O2 begins to grow here
    from_empty = t / sum(empty.composition.values())
    from_full = (1.0 - t) / sum(full.composition.values())
    return clean(from_empty / (from_empty + from_full))


def gas_fraction(phases: PhaseSet, mixture: Mixture) -> float:
    """Return the fraction of a mixture's (closed) atoms that is O2 gas."""
    return sum(fraction for position, fraction in mixture.amounts.items() if phases.formula(position) == _GAS)


def _balance(
    phases: PhaseSet, reactant: Reactant, voltage_v: float | None, gas_mu_ev: float, pressure_bar: float
) -> OxygenBalance:
    lithium = {} if voltage_v is None else {"Li": -voltage_v}
    system = phases.system(reactant.composition, Reservoir(lithium) if lithium else None)
    mixture = system.mixture(reactant.composition)
    atoms = reactant.amount(system.closed)
    products = named_products(phases, mixture)
    exchanged = {e: n * atoms - reactant.composition.get(e, 0.0) for e, n in mixture.exchanged.items()}
    rest = {element: n for element, n in reactant.composition.items() if element != "O"}
    line = system.line(system.vector(reactant.composition), system.vector(rest))
    release = min(0.0, clean(line.duals[0, system.closed.index("O")]))
    balance, kelvin = balance_temperature_k(release, pressure_bar)
    return OxygenBalance(
        products=products,
        reaction=reaction_text([(1.0, reactant.formula)], products, system.closed, exchanged),
        oxygen_gas_per_formula_unit=clean(gas_fraction(phases, mixture) * atoms / 2.0),
        release_mu_o_ev=release,
        balance=balance,
        balance_temperature_k=kelvin,
        oxygen_released_per_formula_unit=_released(phases, reactant, Reservoir({**lithium, "O": gas_mu_ev})),
    )


def _released(phases: PhaseSet, reactant: Reactant, reservoir: Reservoir) -> float | None:
    """Return the O atoms that a formula unit gives to the reservoirs; None if these react with each other."""
    try:
        system = phases.system(reactant.composition, reservoir)
    except InputError:  # lithium of one reservoir burns in the oxygen of the other; all other input was checked before
        return None
    kept = system.mixture(reactant.composition).exchanged["O"] * reactant.amount(system.closed)
    return clean(reactant.composition["O"] - kept)


def balance_temperature_k(mu_o_ev: float, pressure_bar: float) -> tuple[Place, float | None]:
    """Find the temperature at which O2 of a pressure has a chemical potential; below it the gas's potential is higher.

    Returns
    -------
    tuple
        Whether the temperature is below, within or above the table of O2, and the temperature in K (None if outside).
    """

    def gap(kelvin: float) -> float:
        return oxygen_chemical_potential_ev(kelvin, pressure_bar) - mu_o_ev

    low, high = temperatures_k()
    if gap(low) < 0.0:
        return "below the table", None
    if gap(high) > 0.0:
        return "above the table", None
    return "within the table", clean(brentq(gap, low, high))
