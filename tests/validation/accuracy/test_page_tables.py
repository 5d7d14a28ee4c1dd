"""Tables of the page on errors: cells, digits and what stands in one row."""

import pytest
from fixtures_ranking import ENERGIES

from screening.validation.accuracy.check import AccuracyDocument, SetAccuracy
from screening.validation.accuracy.formation import FormationErrors
from screening.validation.accuracy.literature import NotCompared
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors, SourceErrors
from screening.validation.accuracy.page_tables import (
    formation_summary,
    formation_table,
    literature_summary,
    literature_table,
    markdown_table,
    mev,
    not_compared,
)
from screening.validation.accuracy.statistics import Errors, Pair, errors


def cells(table):
    """The rows of a Markdown table as lists, the line below the head left out."""
    lines = [line[2:-2].split(" | ") for line in table.splitlines()]
    assert set(lines[1]) == {"---"}
    assert {len(line) for line in lines} == {len(lines[0])}
    return [lines[0], *lines[2:]]


def formation(label, **by_class):
    groups = {name: errors([Pair(f, value, 0.0) for f, value in pairs.items()]) for name, pairs in by_class.items()}
    every = errors([Pair(f, value, 0.0) for pairs in by_class.values() for f, value in pairs.items()])
    return FormationErrors(
        compared_with=f"{label} table",
        label=label,
        kind="formation energy, 0 K",
        n_table=5,
        n_without_phase=1,
        all_ev_per_atom=every,
        by_class_ev_per_atom=groups,
    )


def compared(quantity="oxidation limit", unit="V vs Li/Li+", published=3.883, ours=3.071, verified=True, note=None):
    return Compared(
        quantity=quantity,
        system="LiNbO3|X",
        published=published,
        ours=ours,
        unit=unit,
        source="A 2020",
        verified=verified,
        note=note,
    )


def one_set(*tables, literature=None):
    return SetAccuracy(energies=ENERGIES, formation=list(tables), literature=literature, replacement=[])


def literature(*values, left=(), by_source=()):
    return LiteratureErrors(file="x", by_source=list(by_source), compared=list(values), not_compared=list(left))


def test_a_bar_in_a_cell_does_not_end_it():
    assert markdown_table(["a", "b"], [["LiNbO3|Li6PS5Cl", "1"]]).splitlines()[2] == "| LiNbO3\\|Li6PS5Cl | 1 |"


@pytest.mark.parametrize(("energy", "text"), [(0.0256, "26"), (-0.1184, "-118"), (-0.0004, "0"), (0.0, "0")])
def test_whole_millielectronvolts_without_a_minus_zero(energy, text):
    assert mev(energy) == text


def test_every_class_of_every_table_has_its_row_and_dft_its_column():
    mine = one_set(formation("measured", oxide={"Li2O": 0.1, "CaO": -0.3}), formation("mine", sulfide={"Li2S": 0.05}))
    document = AccuracyDocument(
        sets=[mine], dft_against_measured=formation("measured", halide={"LiF": -0.2}), energies=ENERGIES
    )
    head, *rows = cells(formation_summary(document))
    assert head == ["class", "measured: synthetic", "mine: synthetic", "measured: packaged DFT itself"]
    assert rows == [
        ["oxide", "200 (2)", "-", "-"],
        ["sulfide", "-", "50 (1)", "-"],
        ["halide", "-", "-", "200 (1)"],
        ["all", "200 (2)", "50 (1)", "200 (1)"],
    ]


def test_errors_by_class_name_the_worst_compounds_with_a_sign():
    _, oxide, every = cells(formation_table(formation("x", oxide={"Li2O": 0.1, "CaO": -0.3, "MgO": 0.0})))
    assert oxide[:5] == ["oxide", "3", "-67", "133", "100"]
    assert oxide[6].startswith("CaO -300, Li2O +100")
    assert every[:2] == ["all", "3"]


def test_published_values_have_the_digits_of_their_unit_and_a_star_if_transcribed():
    rows = cells(
        literature_table(
            [
                one_set(
                    literature=literature(
                        compared(),
                        compared("closed reaction energy, mutual", "meV/atom", -164.4, -105.3, False, "total: -143"),
                    )
                )
            ]
        ).replace("\\|", "/")
    )
    assert rows[1] == ["oxidation limit", "LiNbO3/X", "V vs Li/Li+", "A 2020", "3.88", "3.07", ""]
    assert rows[2][4:] == ["-164 *", "-105", "total: -143"]


def test_a_value_that_one_set_lacks_is_a_dash_there():
    both = [one_set(literature=literature(compared())), one_set(literature=literature())]
    [_, row] = cells(literature_table(both).replace("\\|", "/"))
    assert row[5:] == ["3.07", "", "-", ""]


def test_errors_by_source_stand_side_by_side():
    found = SourceErrors(
        quantity="oxidation limit",
        source="A 2020",
        unit="V vs Li/Li+",
        errors=Errors(
            n=2,
            mean_error=-0.5,
            mean_absolute_error=0.5,
            median_absolute_error=0.25,
            absolute_error_90_percent=0.9,
            worst=[],
        ),
        rank_correlation=None,
    )
    sets = [one_set(literature=literature(by_source=[found])), one_set(literature=literature())]
    [head, row] = cells(literature_summary(sets))
    assert head[3:5] == ["synthetic: n", "synthetic: mean error"]
    assert row[3:] == ["2", "-0.50", "0.50", "0.25", "-", "-", "-", "-", "-", "-"]


def test_what_is_not_compared_is_listed_once_for_each_reason():
    left = [
        NotCompared(quantity="band gap", system="Nb2O5", why_missing="no rule"),
        NotCompared(quantity="band gap", system="HfO2", why_missing="no rule"),
        NotCompared(quantity="band gap", system="Nb2O5", why_missing="no rule"),
        NotCompared(quantity="window", system="Li", why_missing="lithium"),
    ]
    sets = [one_set(literature=literature(left=left[:3])), one_set(literature=literature(left=left[3:]))]
    assert cells(not_compared(sets))[1:] == [["band gap", "Nb2O5, HfO2", "no rule"], ["window", "Li", "lithium"]]
