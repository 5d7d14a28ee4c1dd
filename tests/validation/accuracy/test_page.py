"""The page on errors: its sentences follow from the numbers, and a part without numbers is left out."""

import re

import pytest
from fixtures_ranking import ENERGIES

from screening.common.errors import InputError
from screening.validation.accuracy.check import AccuracyDocument, Checked, Parity, SetAccuracy
from screening.validation.accuracy.formation import FormationErrors
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.page import write_page
from screening.validation.accuracy.replacement import HeldOut, OneByOne, ReplacementTest
from screening.validation.accuracy.statistics import Errors

TABLE = FormationTable("my table", "mine", "formation energy, 0 K", {})


def of(mean, absolute, n):
    return Errors(
        n=n,
        mean_error=mean,
        mean_absolute_error=absolute,
        median_absolute_error=absolute,
        absolute_error_90_percent=absolute,
        worst=[],
    )


def formation(**by_class):
    return FormationErrors(
        compared_with="my table",
        label="mine",
        kind="formation energy, 0 K",
        n_table=40,
        n_without_phase=3,
        all_ev_per_atom=of(-0.02, 0.05, 37),
        by_class_ev_per_atom=by_class,
    )


def replacement(change, before=0.9, after=0.9):
    mean = of(0.0, 5.0, 20)
    return ReplacementTest(
        compared_with="my table",
        label="mine",
        n_formulas=300,
        replaced=["Li2O", "HfO2"],
        own_error_before_mev_per_atom=40.0,
        own_error_after_mev_per_atom=10.0,
        held_out=[
            HeldOut(
                quantity="energy above hull",
                group="all",
                before_mev_per_atom=mean,
                after_mev_per_atom=mean,
                rank_correlation_before=before,
                rank_correlation_after=after,
            )
        ],
        one_by_one=[
            OneByOne(
                quantity="energy above hull",
                n_lower=1,
                n_raise=1,
                change_mev_per_atom=change,
                standard_error_mev_per_atom=0.1,
            )
        ],
    )


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Write the page of one set without drawing its figures."""
    monkeypatch.setattr(
        "screening.validation.accuracy.page.draw", lambda checked, folder: [folder / "formation-mine.png"]
    )

    def written(table, tests=()):
        found = SetAccuracy(energies=ENERGIES, formation=[table], literature=None, replacement=list(tests))
        document = AccuracyDocument(sets=[found], dft_against_measured=table, energies=ENERGIES)
        path = write_page(Checked(document, [Parity(TABLE, [[]])]), tmp_path, "coatscreen reference check")
        assert path == tmp_path / "accuracy.md"
        return path.read_text(encoding="utf-8")

    return written


CLASSES = {"oxide": of(-0.08, 0.1, 20), "sulfide": of(0.01, 0.02, 12), "halide": of(0.5, 0.5, 9)}


def test_best_and_worst_are_named_among_classes_of_ten_or_more(page):
    text = page(formation(**CLASSES))
    assert "worst is *oxide* (100 meV/atom; too stable, on average by 80), best *sulfide* (20)." in text


def test_the_direction_of_an_error_follows_its_sign(page):
    assert "(100 meV/atom; too unstable, on average by 80)" in page(
        formation(oxide=of(0.08, 0.1, 20), sulfide=CLASSES["sulfide"])
    )


def test_with_one_large_class_nothing_is_called_best(page):
    text = page(formation(oxide=CLASSES["oxide"], halide=CLASSES["halide"]))
    assert "too few compounds to tell classes apart (fewer than 10 each)." in text
    assert "best *" not in text


def test_the_summary_holds_the_figures_of_the_table(page):
    text = page(formation(**CLASSES))
    assert "off on average, in meV/atom, by 50 (median 50) against 37 values of *mine*." in text
    assert "3 of the 40 compounds are no phase of it" in text
    assert "Made by `coatscreen reference check`" in text
    assert "![Parity with mine](accuracy/formation-mine.png)" in text


def test_parts_without_numbers_are_left_out(page):
    headings = re.findall(r"^#+ (.*)$", page(formation(**CLASSES)), re.MULTILINE)
    assert headings == [
        "How wrong the energies are",
        "In short",
        "Formation energies",
        "Against mine: my table",
        "Sources and licences",
    ]


@pytest.mark.parametrize(
    ("test", "answer", "beyond"),
    [
        (replacement(-0.5), "Yes", "More than chance explains (two standard errors): energy above hull."),
        (replacement(-0.1), "No", "No change is larger than chance explains"),
        (replacement(-0.5, before=0.9, after=0.8), "No", "More than chance explains"),
    ],
)
def test_the_verdict_on_replacing_follows_from_its_figures(page, test, answer, beyond):
    text = page(formation(**CLASSES), [test])
    assert f"**{answer}** for synthetic. Replacing 2 of the 300 compounds" in text
    assert "from 40 to 10 meV/atom" in text
    assert beyond in text


def test_a_folder_that_cannot_be_written_to_is_an_error(page, tmp_path):
    (tmp_path / "accuracy.md").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        page(formation(**CLASSES))
