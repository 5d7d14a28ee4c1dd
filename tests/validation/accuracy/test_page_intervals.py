"""What the page on errors says of intervals is what the calibrations hold."""

from fixtures_ranking import ENERGIES

from screening.energies.measured.anchored_table import anchored_info
from screening.energies.packaged.packaged_table import packaged_energies
from screening.validation.accuracy.page_intervals import interval_sections, packaged_calibrations
from screening.validation.calibration.coverage import ALL
from screening.validation.calibration.trials import MUTUAL

SEVENNET = "sevennet-l3i5"


def test_calibrations_are_found_by_the_method_of_the_energies():
    scales = [packaged_energies(SEVENNET).provenance, ENERGIES, packaged_energies("chgnet-0.3.0").provenance]
    assert [(one.model.name, one.model.against) for one in packaged_calibrations(scales)] == [
        (SEVENNET, "DFT"),
        (SEVENNET, "measurement"),
        ("chgnet-0.3.0", "DFT"),
        ("chgnet-0.3.0", "measurement"),
    ]


def test_what_is_anchored_on_a_table_is_named_after_it():
    found = packaged_calibrations([packaged_energies(anchored_info().base).provenance])
    assert found[-1].model.name == "anchored"


def test_the_tables_hold_the_rows_of_the_calibration():
    found, _ = packaged_calibrations([packaged_energies(SEVENNET).provenance])
    text = "\n\n".join(interval_sections([found]))
    assert "### SevenNet-l3i5 single points, against DFT" in text
    [row] = [row for row in found.coverage if (row.quantity, row.group) == (MUTUAL, ALL)]
    assert f"| {MUTUAL} | all | {row.n} | {100 * row.inside_90:.0f} % | {100 * row.inside_90_least:.0f} % |" in text
    assert "| oxide \\| sulfide |" in text
    assert "| stable | 95 to 100 % |" in text


def test_without_calibrations_nothing_is_said():
    assert list(interval_sections(packaged_calibrations([ENERGIES]))) == []
