"""A few phases of which every reaction can be told by hand, and what is published about them."""

from fixtures_screening import phase_set

from screening.cathodes.vacancies.vacancy_documents import VacancyDocument, VacancyState
from screening.materials.catalogue import Catalogue
from screening.validation.reproduction.papers import (
    PublishedReaction,
    PublishedVacancy,
    PublishedVoltage,
    PublishedWindow,
)
from screening.validation.reproduction.study import Study

# 2 Li2S + 2/3 P2S5 -> 4/3 Li3PS4 gives -1.333 eV; Li7PS6 lies 71.43 meV/atom above 2 Li2S + Li3PS4
THIO = {"Li2S": -1.5, "P2S5": -0.3, "Li3PS4": -1.1, "Li7PS6": -1.2}

# LiCoO2 and Li3PS4 do not react, as nothing else is known; in LOUD they give sulfate, phosphate and sulfide
QUIET = {"LiCoO2": -1.7, "Li3PS4": -1.1, "LiNbO3": -2.8}
LOUD = {**QUIET, "Li2SO4": -2.2, "Li3PO4": -2.8, "CoS": -0.5, "Li2S": -1.5, "Li2O": -2.05}

CATALOGUE = Catalogue.load()


def study(formation, **options):
    """A study of phases with the given formation energies, eV/atom."""
    return Study(phase_set(formation), CATALOGUE, **options)


def published(cls, **fields):
    """A published number, with what matters."""
    kinds = {
        PublishedReaction: "reaction",
        PublishedWindow: "window",
        PublishedVoltage: "voltage",
        PublishedVacancy: "vacancy",
    }
    common = {"id": "one", "quantity": "x", "where": "text", "verified": True, "kind": kinds[cls]}
    return cls(**{**common, **fields})


def thio(**fields):
    """A published reaction of Li7PS6 and P2S5."""
    return published(
        PublishedReaction, **{"a": "Li7PS6", "b": "P2S5", "published_mev_per_atom": -100, "reading": "mutual", **fields}
    )


def claim(cls, **fields):
    """A claim, with what matters."""
    check = cls.model_fields["check"].annotation.__args__[0]
    return cls(**{"id": "one", "claim": "x", "where": "text", "check": check, **fields})


def vacancies_of(phases, energies_ev, without_correction_ev=None):
    """Return a function that finds these vacancies for any cathode, computed with the energies of some phases."""
    without = without_correction_ev or dict.fromkeys(energies_ev)
    document = VacancyDocument.model_construct(
        energies=phases.provenance,
        cathode="NMC532",
        states=[
            VacancyState.model_construct(
                lithium_vacancies=n, formation_energy_ev=energy, without_oxide_correction_ev=without[n]
            )
            for n, energy in energies_ev.items()
        ],
    )
    return lambda cathode: document
