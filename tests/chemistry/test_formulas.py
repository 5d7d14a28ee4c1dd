"""Formulas against pymatgen's and hand-made ones."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import format_formula, same_composition
from screening.chemistry.formulas import names_like_formulas, parse_formula, require_formula
from screening.common.errors import InputError

COMMON = ("Li", "Ni", "Co", "Mn", "Nb", "Ta", "Hf", "Ti", "Al", "P", "S", "O", "F", "Cl", "C", "H", "N", "Na", "Si")


def formula_texts() -> st.SearchStrategy[str]:
    """Formulas with brackets of every kind, two deep, whole and decimal amounts."""
    number = st.one_of(
        st.just(""), st.integers(1, 40).map(str), st.integers(1, 999).map(lambda n: f"{n / 100:g}"), st.just(".5")
    )
    atom = st.builds("{}{}".format, st.sampled_from(COMMON), number)

    def bracketed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = st.lists(inner, min_size=1, max_size=3).map("".join)
        return st.builds(lambda b, g, n: f"{b[0]}{g}{b[1]}{n}", st.sampled_from(["()", "[]", "{}"]), group, number)

    unit = st.one_of(atom, bracketed(atom), bracketed(st.one_of(atom, bracketed(atom))))
    return st.lists(unit, min_size=1, max_size=5).map("".join)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "amounts"),
        [
            ("LiNbO3", {"Li": 1, "Nb": 1, "O": 3}),
            (" LiNbO3\t", {"Li": 1, "Nb": 1, "O": 3}),
            ("LiNbO₃", {"Li": 1, "Nb": 1, "O": 3}),
            ("Li0.5Ni0.83Co0.12Mn0.05O2", {"Li": 0.5, "Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2}),
            ("Li1.3Al0.3Ti1.7(PO4)3", {"Li": 1.3, "Al": 0.3, "Ti": 1.7, "P": 3, "O": 12}),
            ("Li[Ni{CoO}2]0.5O", {"Li": 1, "Ni": 0.5, "Co": 1, "O": 2}),
            ("HOH", {"H": 2, "O": 1}),
            ("NO", {"N": 1, "O": 1}),
            ("No", {"No": 1}),
            ("Co", {"Co": 1}),
            ("CO", {"C": 1, "O": 1}),
        ],
    )
    def test_reads(self, text: str, amounts: dict[str, float]) -> None:
        assert parse_formula(text) == pytest.approx(amounts)

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("LiOH·H2O", {"LiOH": 1, "H2O": 1}),
            ("LiOH.H2O", {"LiOH": 1, "H2O": 1}),
            ("CaSO4.2H2O", {"CaSO4": 1, "H2O": 2}),
            ("CaSO4 • 2 H2O", {"CaSO4": 1, "H2O": 2}),
            ("CaSO4·½H2O", {"CaSO4": 1, "H2O": 0.5}),
            ("CaSO4.0.5H2O", {"CaSO4": 1, "H2O": 0.5}),
            ("MgCl2·6H2O", {"MgCl2": 1, "H2O": 6}),
            ("MgCl2.6H2O", {"MgCl2": 1, "H2O": 6}),
            ("LiI.3H2O", {"LiI": 1, "H2O": 3}),
            ("Fe(NO3)3.9H2O", {"Fe(NO3)3": 1, "H2O": 9}),
            ("0.5Li2MnO3·0.5LiNi0.5Mn0.5O2", {"Li2MnO3": 0.5, "LiNi0.5Mn0.5O2": 0.5}),
            ("Li2O*Al2O3", {"Li2O": 1, "Al2O3": 1}),
            ("LiNi0.5Mn1.5O4", {"LiNi0.5Mn1.5O4": 1}),  # a point that is no dot
            ("Li5.5PS4.5Cl1.5", {"Li11P2S9Cl3": 0.5}),
            ("LiCo(O1.5)H2O", {"Li2Co2O5H4": 0.5}),
            ("Li6 P1 S5 Cl1", {"Li6PS5Cl": 1}),
            ("D2O", {"H2O": 1}),
            ("LiNi1/3Co1/3Mn1/3O2", {"Li3NiCoMnO6": 1 / 3}),
            ("LiNi⅓Co⅓Mn⅓O2", {"Li3NiCoMnO6": 1 / 3}),
        ],
    )
    def test_hydrates_sums_and_fractions(self, text: str, parts: dict[str, float]) -> None:
        total = sum((Composition(part) * moles for part, moles in parts.items()), start=Composition())
        assert parse_formula(text) == pytest.approx(total.get_el_amt_dict(), rel=1e-15)

    def test_a_composition_as_pymatgen_prints_it(self) -> None:
        for formula in ("Li6PS5Cl", "LiNi0.83Co0.12Mn0.05O2", "LiTi2(PO4)3", "H2O"):
            assert parse_formula(str(Composition(formula))) == parse_formula(formula)

    def test_each_name_that_reads_like_a_formula_leads_to_one(self) -> None:
        for name, meant in names_like_formulas().items():
            with pytest.raises(InputError, match=f"^{name} is a name, not a formula"):
                require_formula(name)
            other = Composition(name)  # another reader takes it for a compound
            if format_formula(other.get_el_amt_dict()) == name:  # as a program may have written it
                assert parse_formula(name) == other.get_el_amt_dict()
            else:
                with pytest.raises(InputError, match=f"^{name} is a name, not a formula"):
                    parse_formula(name)
            written = meant.rpartition("write ")[2]
            if written != "the formula of the sample":
                assert check_charge_balance(parse_formula(written)) is None
                assert not same_composition(parse_formula(written), other.get_el_amt_dict())

    def test_keeps_the_order_of_writing(self) -> None:
        assert list(parse_formula("O2NiLi")) == ["O", "Ni", "Li"]

    @given(formula_texts())
    def test_agrees_with_pymatgen(self, text: str) -> None:
        try:
            amounts = parse_formula(text)
        except InputError as error:  # such as (LiP).5LiP, of which both ways to write it must be read
            both = str(error).partition("read in two ways: write ")[2]
            dotted, _, decimal = both.partition(" or, with a decimal point, ")
            assert parse_formula(dotted)
            assert not decimal or parse_formula(decimal) == pytest.approx(Composition(text).get_el_amt_dict())
        else:
            assert amounts == pytest.approx(Composition(text).get_el_amt_dict())

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "empty formula"),
            ("  \n", "empty formula"),
            ("Xx2O3", "Xx2O3: no element Xx"),
            ("LiNbOx", "LiNbOx: no element Ox"),
            ("Lithium", "Lithium: no element Lithium"),
            ("linbo3", "linbo3: unexpected 'l' at position 1"),
            ("2LiNbO3", "2LiNbO3: unexpected '2' at position 1"),
            ("Li-1O", "Li-1O: unexpected '-' at position 3"),
            ("LiNbO3 Li2O", "LiNbO3 Li2O: unexpected ' ' at position 7"),
            ("Li+", "Li+: an ion has no energy of its own here; write a neutral compound that holds it"),
            ("PO₄³⁻", "PO4^3-: an ion has no energy of its own here; write a neutral compound that holds it"),
            (
                "⁷Li3N",
                "^7Li3N: unexpected '^' at position 1; a superscript is a charge or an isotope, and no amount",
            ),
            (
                "LiCoO1.5H2O",
                "LiCoO1.5H2O can be read in two ways: write LiCoO1·5H2O or, with a decimal point, LiCo(O1.5)H2O",
            ),
            (
                "MnO2.5H2O",  # as MnO2.5 and water it has charges that balance, too
                "MnO2.5H2O can be read in two ways: write MnO2·5H2O or, with a decimal point, Mn(O2.5)H2O",
            ),
            (
                "Al2O3.2SiO2",
                "Al2O3.2SiO2 can be read in two ways: write Al2O3·2SiO2 or, with a decimal point, Al2(O3.2)SiO2",
            ),
            ("0.3Li2MnO3·0.5LiNiO2", "0.3Li2MnO3·0.5LiNiO2: the fractions sum to 0.8, not to 1"),
            ("LiOH·", "LiOH·: a formula is missing beside the dot"),
            ("1/0LiOH·H2O", "1/0LiOH·H2O: 1/0 divides by zero"),
            ("LiNi1/0O2", "LiNi1/0O2: the amount of Ni is not a positive finite number"),
            ("Li1½O", "Li1 1/2O: unexpected ' ' at position 4"),
            ("LiBOB", "LiBOB is a name, not a formula: lithium bis(oxalato)borate; write LiB(C2O4)2"),
            ("LiFSI", "LiFSI is a name, not a formula: lithium bis(fluorosulfonyl)imide; write LiN(SO2F)2"),
            ("Li1.2.3O", "Li1.2.3O: unexpected '.' at position 6"),
            ("Li\nO", "'Li\\nO': unexpected '\\n' at position 3"),
            ("Li0NbO3", "Li0NbO3: the amount of Li is not a positive finite number"),
            ("Li(PO4)0", "Li(PO4)0: the amount of the bracket is not a positive finite number"),
            ("(PO4", "(PO4: '(' is never closed"),
            ("PO4)3", "PO4)3: ')' closes no bracket"),
            ("Li(PO4]3", "Li(PO4]3: ']' closes no bracket"),
            ("Li()3", "Li()3: empty brackets"),
            ("()", "(): empty brackets"),
        ],
    )
    def test_refuses(self, text: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_formula(text)
        assert str(caught.value) == message

    @pytest.mark.parametrize(
        "text", ["Li" + "9" * 400, "(Li" + "9" * 300 + ")" + "9" * 300, "(Li.1)." + "0" * 330 + "1"]
    )
    def test_refuses_amounts_that_are_no_numbers(self, text: str) -> None:
        with pytest.raises(InputError, match=r"^.{57}\.\.\.: the amount of .* is not a positive finite number$"):
            parse_formula(text)

    def test_reads_brackets_nested_deeper_than_the_stack(self) -> None:
        assert parse_formula("(" * 5000 + "Li" + ")" * 5000) == {"Li": 1.0}

    @given(st.one_of(st.text(max_size=30), st.text(alphabet="LiNbO()[]{}0123.- x\n₃", max_size=20)))
    def test_any_text_is_read_or_refused_in_one_line(self, text: str) -> None:
        try:
            amounts = parse_formula(text)
        except InputError as error:
            message = str(error)
        else:
            message = "read"
            assert amounts
            assert all(0 < amount < math.inf for amount in amounts.values())
        assert message.splitlines() == [message]


def test_neither_pymatgen_nor_the_hash_seed_matter() -> None:
    program = (
        "import sys; from screening.chemistry.charges import check_charge_balance;"
        "from screening.chemistry.compositions import format_formula;"
        "from screening.chemistry.formulas import parse_formula;"
        "print(format_formula({'O': 2, 'Mn': 0.05, 'Ni': 0.83, 'Li': 1, 'Co': 0.12}));"
        "print(format_formula({'O': 6, 'Li': 2, 'Nb': 2}), 'pymatgen' in sys.modules);"
        "print(check_charge_balance({'O': 33, 'Li': 1, 'Nb': 1}))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == [
            "LiNi0.83Co0.12Mn0.05O2",
            "LiNbO3 False",
            "LiNbO33: no oxidation states balance it (charge between -66 and -10.5)",
        ]


@pytest.mark.parametrize("oxide", ["MnO2", "LiNiO2", "V2O5", "Al2O3"])
def test_the_oxygen_of_an_oxide_may_be_a_decimal(oxide):
    with pytest.raises(InputError, match=rf"can be read in two ways: write {oxide}·5H2O or"):
        parse_formula(f"{oxide}.5H2O")
