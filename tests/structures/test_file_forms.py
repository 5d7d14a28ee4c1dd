"""Data blocks and formulas of CIFs, and POSCARs without a line of symbols."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.structures.file_forms import require_formula, require_one_block, with_symbols

SITES = "_atom_site_fract_x\n"


@pytest.mark.parametrize("text", ["", SITES, f"data_a\n{SITES}", f"data_global\n_x y\ndata_a\n{SITES}"])
def test_one_block(text):
    require_one_block(text)


def test_several_blocks():
    with pytest.raises(InputError, match=r"3 data blocks hold sites \(a, without name, c\)"):
        require_one_block(f"data_a\n{SITES}DATA_\n{SITES}data_c\n{SITES}data_d\n_x y\n")


@pytest.mark.parametrize(
    "line", ["'Li1 Co1 O2'", '"Li2 Co2 O4"', "LiCoO2", "?", ".", "'Li Co O2' # comment", "'unknown mixture'"]
)
def test_formulas_that_are_no_contradiction(line):
    require_formula(f"data_a\n_chemical_formula_sum   {line}\n", {"Li": 3.0, "Co": 3.0, "O": 6.0})


def test_a_missing_site_is_seen():
    with pytest.raises(InputError, match=r"its formula is Li1 Co1 O2 and its sites hold Co1 O2"):
        require_formula("_chemical_formula_sum 'Li1 Co1 O2'\n", {"Co": 1.0, "O": 2.0})


@pytest.mark.parametrize(
    ("comment", "counts", "symbols"),
    [
        ("Li Co O", "1 1 2", "Li Co O"),
        ("Li3 Co3 O6", "3 3 6", "Li Co O"),
        ("Li1 Co1 O2", "3 3 6", "Li Co O"),
        ("LiCoO2", "3 3 6", "Li Co O"),
        ("Li Co O2", "2 2 4", "Li Co O"),
        ("LiCoO2", "3 3 7", None),
        ("LiCoO2 relaxed", "3 3 6", None),
        ("O Co Li", "2 1 1", "O Co Li"),
        ("Qq Co O", "1 1 2", None),
    ],
)
def test_symbols_of_the_comment(comment, counts, symbols):
    text = f"{comment}\n1.0\n4 0 0\n0 4 0\n0 0 4\n{counts}\nDirect\n0 0 0\n"
    lines = with_symbols(text).splitlines()
    assert (lines[5] if len(lines) == 9 else None) == symbols


def test_a_new_poscar_stays_as_it_is():
    text = "LiF\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n"
    assert with_symbols(text) == text
