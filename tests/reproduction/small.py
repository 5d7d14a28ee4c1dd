"""A few phases of which every reaction can be told by hand, and papers about them."""

from fixtures_screening import phase_set

from screening.catalogue import Catalogue
from screening.reproduction.study import Study


def study(formation, **options):
    """A study of phases with the given formation energies, eV/atom."""
    return Study(phase_set(formation, **options), Catalogue.load())


# LiNbO3 and Li3PS4 do not react; LiCoO2 and Li3PS4 give sulfate and phosphate and CoS
QUIET = {"LiNbO3": -2.8, "Li3PS4": -1.1, "LiCoO2": -1.7, "Li2S": -1.5}
LOUD = {**QUIET, "Li2SO4": -2.2, "Li3PO4": -2.8, "CoS": -0.5, "Li2O": -2.0}
