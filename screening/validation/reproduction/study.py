"""The energies that a paper's results are computed from, with the interfaces computed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from screening.cathodes.lithium_potentials import CathodeDocument, lithium_states
from screening.cathodes.vacancies.vacancy_documents import VacancyDocument, packaged_vacancies
from screening.chemistry.notation import composition_of, with_energy
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue
from screening.materials.names import elements_named, resolve_formula
from screening.phases.phase_set import PhaseSet


class Study:
    """Materials by name, and their interfaces, in one set of energies. Each interface is computed once.

    Parameters
    ----------
    phases
        The energies, or a sample of them.
    catalogue
        The catalogue that holds the names of materials.
    find_vacancies
        Returns the oxygen vacancies of a cathode; by default the packaged ones, since computing them is slow.
    """

    def __init__(
        self,
        phases: PhaseSet,
        catalogue: Catalogue,
        find_vacancies: Callable[[str], VacancyDocument] = packaged_vacancies,
    ) -> None:
        self.phases = phases
        self.catalogue = catalogue
        self._find_vacancies = find_vacancies
        self._formulas: dict[str, str] = {}
        self._interfaces: dict[tuple[str, str, float | None], Interface] = {}
        self._cathodes: dict[str, CathodeDocument] = {}

    def formula(self, material: str) -> str:
        """Return the formula of a material.

        Raises
        ------
        InputError
            If the text is not a material, or the material holds an element without energies.
        """
        if material not in self._formulas:
            self._formulas[material] = resolve_formula(material, self.catalogue, self.phases)
            self.phases.require(sorted(composition_of(self._formulas[material])))
        return self._formulas[material]

    def interface(self, a: str, b: str, mu_li_ev: float | None = None) -> Interface:
        """Return the interface of two materials by name, closed or open to lithium."""
        return self._of_formulas(self.formula(a), self.formula(b), mu_li_ev)

    def interface_of_hull(self, a: str, b: str, mu_li_ev: float | None = None) -> Interface:
        """Return the interface of two materials with the energies of the hull, closed or open to lithium."""
        return self._of_formulas(with_energy(self.formula(a), 0.0), with_energy(self.formula(b), 0.0), mu_li_ev)

    def mutual_mev(self, a: str, b: str, mu_li_ev: float | None = None) -> float:
        """Return the lowest mutual reaction energy of two materials, meV per (closed) atom."""
        return 1000.0 * float(self.interface(a, b, mu_li_ev).profile().mutual.min())

    def cathode(self, name: str) -> CathodeDocument:
        """Return the states of charge of a cathode, with the lithium potentials of these energies."""
        if name not in self._cathodes:
            self._cathodes[name] = lithium_states(self.phases, self.catalogue.cathode(name))
        return self._cathodes[name]

    def lithium_ev(self, cathode: str, state: str) -> float:
        """Return the chemical potential of lithium in a cathode at a state of charge, eV relative to the metal.

        Raises
        ------
        InputError
            If the cathode has no such state.
        """
        for found in self.cathode(cathode).states:
            if found.state == state:
                return found.lithium.mu_li_ev
        raise InputError(f"{cathode} has no state {state!r}")

    def vacancies(self, cathode: str) -> VacancyDocument:
        """Return the oxygen vacancies of a cathode.

        Raises
        ------
        InputError
            If there are none, or they are on another scale than these energies.
        """
        found = self._find_vacancies(cathode)
        ours, theirs = self.phases.scale, found.energies
        if (ours.functional, ours.correction) != (theirs.functional, theirs.correction):
            raise InputError(f"the packaged oxygen vacancies of {cathode} are of other energies, {theirs.name}")
        return found

    def _of_formulas(self, a: str, b: str, mu_li_ev: float | None) -> Interface:
        key = (a, b, mu_li_ev)
        if key not in self._interfaces:
            reservoir = None if mu_li_ev is None else Reservoir({"Li": mu_li_ev})
            self._interfaces[key] = Interface(self.phases, a, b, reservoir)
        return self._interfaces[key]


def elements_of(materials: Iterable[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the elements of some materials, given by name."""
    return frozenset(element for material in materials for element in elements_named(material, catalogue))
