"""Bonds between anions, in structures whose distances are known."""

from __future__ import annotations

import json

from screening.energies.packaged.anion_bonds import BONDED, bonded_anions
from screening.energies.packaged.packaged_table import packaged_rows
from screening.structures.records import StructureRecord

CUBE = [[6.0, 0.0, 0.0], [0.0, 6.0, 0.0], [0.0, 0.0, 6.0]]


def pair(name: str, metal: str, anion: str, distance: float) -> StructureRecord:
    """A metal beside two anions so far apart, angstrom, across the border of the cell."""
    half = distance / 12
    coords = [[0.5, 0.5, 0.5], [half, 0, 0], [1 - half, 0, 0]]
    return StructureRecord(id=name, species=[metal, anion], counts=[1, 2], sg=1, lattice=CUBE, coords=coords)


def test_bonded_are_those_closer_than_any_others_come():
    records = [
        pair("peroxide", "Ba", "O", 1.49),
        pair("oxide", "Ti", "O", 2.4),
        pair("disulfide", "Fe", "S", 2.17),
        pair("sulfide", "Mo", "S", 3.0),
    ]
    element = StructureRecord(
        id="O2", species=["O"], counts=[1], sg=1, lattice=[[1.2, 0, 0], *CUBE[1:]], coords=[[0] * 3]
    )
    assert bonded_anions([*records, element]) == {"O": ["peroxide"], "S": ["disulfide"]}


def test_known_compounds_among_the_packaged_ones():
    """Li2O2 and Na2O2 are peroxides, KO2 a superoxide; FeS2 and Li2S2-like pairs are polysulfides, LiNbO3 neither."""
    packaged = json.loads(BONDED.read_bytes())
    formulas = {row.id: row.formula for row in packaged_rows()}
    oxygen, sulfur = ({formulas[i] for i in packaged[symbol] if i in formulas} for symbol in ("O", "S"))
    assert {"Li2O2", "Na2O2", "BaO2", "KO2"} <= oxygen
    assert {"FeS2", "NiS2"} <= sulfur
    assert not {"LiNbO3", "Li17Nb18O54", "Li2O"} & oxygen
    assert not {"Li3PS4", "Li2S", "MoS2"} & sulfur
