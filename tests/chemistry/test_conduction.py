"""Which compounds count as conducting electrons, against measured gaps."""

import pytest

from screening.chemistry.conduction import conducts_electrons
from screening.chemistry.formulas import parse_formula

# W. H. Strehlow, E. L. Cook, J. Phys. Chem. Ref. Data 2, 163 (1973): optical gaps, eV, all above 1
INSULATORS = [
    "Al2O3",
    "AlN",
    "BaO",
    "Bi2S3",
    "CaF2",
    "CdS",
    "GeO2",
    "HfO2",
    "La2O3",
    "LiCl",
    "LiF",
    "LiNbO3",
    "LiTaO3",
    "MgO",
    "Sb2S3",
    "Si3N4",
    "SiO2",
    "SnS2",
    "SrTiO3",
    "TiO2",
    "ZnO",
    "ZnS",
    "B2O3",
    "Al2S3",
    "Sc2O3",
    "MnO",
    "MnS",
    "NiO",
    "Ga2O3",
    "Y2O3",
    "ZrO2",
    "ZrS2",
    "Nb2O5",
    "In2S3",
    "HfS2",
    "Ta2O5",
    "WO3",
    "MoO3",
    "S",
    "LiInS2",
    "Li3N",
]
# metals: NiCo2S4 (Xia et al., Chem. Mater. 2015, 10.1021/acs.chemmater.5b01843), CoS2 and NbS2 (Kumar et al., Z. Anorg.
# Allg. Chem. 2014, 10.1002/zaac.201300649; Niazi and Rastogi, arXiv:cond-mat/0107067), Ti2O3 with a gap of 0.02 to
# 0.04 eV (Strehlow and Cook); the others are in Greenwood and Earnshaw
METALS = [
    "NiCo2S4",
    "CoS2",
    "NbS2",
    "Ti2O3",
    "Co9S8",
    "Ni3S2",
    "VS2",
    "NbO",
    "TiS",
    "Ni2P",
    "Co2P",
    "CoP",
    "MnP",
    "TiN",
    "TiC",
    "LaB6",
    "C",
    "Ni",
    "LiAl",
    "Fe3O4",
    "RuO2",
]


@pytest.mark.parametrize("formula", INSULATORS)
def test_insulators(formula):
    assert not conducts_electrons(parse_formula(formula))


@pytest.mark.parametrize("formula", METALS)
def test_metals(formula):
    assert conducts_electrons(parse_formula(formula))


def test_zintl_phases_and_salt_like_hydrides_are_none():
    for formula in ("Li3P", "AlP", "Zn3P2", "LiH", "LiBH4", "Li3AlP2"):
        assert not conducts_electrons(parse_formula(formula))


def test_the_unit_of_the_amounts_and_zeros_do_not_matter():
    assert conducts_electrons({"Co": 0.9, "S": 0.8, "O": 0.0})
    assert conducts_electrons({"Ti": 0.4, "O": 0.6})
    assert not conducts_electrons({"Ti": 1.0, "O": 2.0})
