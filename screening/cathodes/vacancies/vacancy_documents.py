"""Documents of oxygen vacancies in a cathode against its state of charge, and the packaged ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.cathodes.ordering.orderings import Draw
from screening.common.errors import InputError, nearest
from screening.common.provenance import Result
from screening.energies.user.user_phase import Relaxation
from screening.files.content import DATA
from screening.files.validation import explained

PACKAGED_VACANCIES = DATA / "vacancies"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnvironmentVacancy(_Document):
    """The vacancy of the oxygen sites with one environment."""

    environment: str = Field(description="neighbours of the atom: metals + lithium; other lithium sites are vacant")
    metals: dict[str, int] = Field(description="metal atoms next to it, by element")
    n_lithium: int = Field(description="lithium atoms next to it")
    n_sites: int = Field(description="oxygen atoms of the cell with this environment")
    formation_energy_ev: float | None = Field(
        description="of the vacancy that is lowest before relaxing, relaxed, eV; null where it was not relaxed"
    )
    single_point_ev: float = Field(description="the same before relaxing, eV")
    highest_single_point_ev: float = Field(description="of the vacancy that is highest before relaxing, eV")
    steps: int | None = Field(description="steps of the relaxation")
    why_missing: str | None = Field(description="why the vacancy was not relaxed")


class VacancyState(_Document):
    """The oxygen vacancies at one state of charge."""

    lithium_vacancies: int = Field(description="lithium atoms missing from the cell")
    lithium_per_formula_unit: float = Field(description="lithium atoms left in a formula unit")
    cell_energy_ev: float = Field(description="of the cell with all its oxygen, relaxed, eV")
    formation_energy_ev: float = Field(description="lowest formation energy of a vacancy, eV")
    without_oxide_correction_ev: float | None = Field(
        description="the same without the correction of oxides; null where the energies have none"
    )
    environment: str = Field(description="where that vacancy is")
    environments: list[EnvironmentVacancy] = Field(
        description="all there are, lowest first, those relaxed before others"
    )


class VacancyDocument(Result):
    """The formation energy of an oxygen vacancy in a cathode, against the lithium taken out."""

    cathode: str = Field(description="name")
    formula: str = Field(description="composition of the cell with all its lithium")
    matrix: list[list[int]] = Field(description="the cell's vectors in those of the primitive cell of the parent")
    draw: Draw = Field(description="how orderings of the metals were drawn")
    n_drawn: int = Field(description="distinct orderings drawn")
    ordering_energies_ev: list[float] = Field(description="of the cells relaxed, lowest first, eV; the first is used")
    lithium_removal: str = Field(description="how it was chosen which lithium leaves")
    relaxed_shape: str = Field(description="what was relaxed and what was kept")
    oxygen_id: str = Field(description="phase of oxygen that the energy of O2 is taken from")
    oxygen_ev_per_atom: float = Field(description="its energy, eV/atom")
    oxide_correction_ev_per_atom: float | None = Field(
        description="MP2020's correction of an oxygen atom in an oxide, which the energies contain; null: none"
    )
    relaxation: Relaxation = Field(description="how cells with all their oxygen were relaxed")
    vacancy_relaxation: Relaxation = Field(description="how cells with a vacancy were relaxed")
    states: list[VacancyState] = Field(description="by number of lithium vacancies, none first")

    @property
    def energies_ev(self) -> dict[int, float]:
        """Lowest formation energy, eV, keyed by the number of lithium vacancies."""
        return {state.lithium_vacancies: state.formation_energy_ev for state in self.states}

    @property
    def energies_without_correction_ev(self) -> dict[int, float | None]:
        """The same without the correction of oxides; None if the energies contain none."""
        return {state.lithium_vacancies: state.without_oxide_correction_ev for state in self.states}

    def energy_ev(self, lithium_vacancies: int) -> float:
        """Return the lowest formation energy at a number of lithium vacancies, eV.

        Raises
        ------
        InputError
            If it was not computed.
        """
        if lithium_vacancies not in self.energies_ev:
            known = ", ".join(map(str, self.energies_ev))
            raise InputError(f"{self.cathode}: computed are {known} lithium vacancies, not {lithium_vacancies}")
        return self.energies_ev[lithium_vacancies]


@cache
def packaged_vacancies(cathode: str) -> VacancyDocument:
    """Return the packaged oxygen vacancies of a cathode.

    Raises
    ------
    InputError
        If there is none, or it is damaged.
    """
    files = {path.stem: path for path in PACKAGED_VACANCIES.glob("*.json")}
    if cathode not in files:
        known = ", ".join(sorted(files)) or "none"
        raise InputError(
            f"no oxygen vacancies of {cathode!r} are packaged (there are: {known}){nearest(cathode, files)}; "
            f"compute them: coatscreen energies vacancies {cathode}"
        )
    return read_vacancies(files[cathode])


def read_vacancies(path: str | Path) -> VacancyDocument:
    """Read a file of oxygen vacancies.

    Raises
    ------
    InputError
        If it cannot be read, or does not hold oxygen vacancies.
    """
    try:
        return VacancyDocument.model_validate_json(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise InputError(f"{path} is no result of oxygen vacancies: {explained(error)}") from None
