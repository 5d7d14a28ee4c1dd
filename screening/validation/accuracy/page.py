"""The page on the errors of the energies. All its figures and sentences are generated from the comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from screening.chemistry.classes import ChemistryClass
from screening.common.errors import InputError
from screening.common.ties import first_lowest
from screening.files.content import write_whole
from screening.validation.accuracy.check import AccuracyDocument, Checked, SetAccuracy
from screening.validation.accuracy.formation import FormationErrors
from screening.validation.accuracy.page_intervals import interval_sections, packaged_calibrations
from screening.validation.accuracy.page_tables import (
    formation_summary,
    formation_table,
    literature_summary,
    literature_table,
    markdown_table,
    mev,
    not_compared,
    replacement_table,
)
from screening.validation.accuracy.parity_plots import draw
from screening.validation.accuracy.replacement import COATING_ABOVE_HULL_EV, ReplacementTest
from screening.validation.accuracy.statistics import Errors

_FEW = 10  # a class with fewer compounds is not named as best or worst

_HOW = """\
Each compound is taken at its lowest phase, and every formation energy is relative to the elements of its own set.
Errors are ours less theirs: negative means that these energies find the compound too stable. *90 %* is the absolute
error that nine in ten compounds stay within, *worst* the compounds furthest off.

Measured values are enthalpies of formation at 298 K; the energies are those of still lattices at 0 K. The two differ
by up to a few tens of meV/atom before any error. Measured enthalpies of phosphorus compounds are counted from black
phosphorus, as computed ones are, and not from white phosphorus as in the tables. Measured values therefore say how far
the energies are from nature, DFT values how well the potential learned its DFT. Between two functionals, or two
correction schemes, the difference of the schemes is part of the errors shown."""

_PUBLISHED = """\
Published values were computed with first-principles energies of several years and correction schemes, which among
themselves differ by tens of meV/atom, most where oxides of nickel, cobalt and manganese meet sulfides. A material that
is no phase of the energies has the energy of the hull here. Where a paper does not say whether its reaction energy is
the mutual one or the total, the mutual one is compared, and the other stands in the note."""

_REPLACEMENT = f"""\
pymatgen packages DFT entries which, with MP2020 corrections, are on the scale of the energies tested. Each could
replace the energy of its phase. That phase then has its DFT value, but its neighbours do not, and an error which alike
phases share need no longer cancel in a reaction between the two. So the test is on what is *not* replaced: energies
above hull of all other compounds, and mutual reaction energies, those with a replaced phase among the reactants or the
products shown apart. The hulls hold the compositions that the energies and the table both know. Coatings are the
lithium compounds that the table has no more than {1000 * COATING_ABOVE_HULL_EV:.0f} meV/atom above its hull, against
the default cathode at each state of charge and every electrolyte of the catalogue; pairs of compounds join each with
the one half of the alphabet further. The last column replaces one energy at a time: the summed change of the mean
absolute error, and its standard error if the replaced phases are taken as drawn by chance."""

_CONCLUSIONS = """\
- Look up the chemistry class of the phases that decide your question; an error there is worth more than the average.
- Do not read a single formation energy as a measured one. Use differences, reactions and distances from the hull:
  there an error that alike phases share cancels.
- Two coatings whose reaction energies differ by less than the error of reaction energies above are not ordered by
  these energies. `--uncertainty` says how probable each order is.
- A surprising winner that rests on one phase of a poor class deserves a DFT calculation of that phase first."""

_SOURCES = """\
- Structures of the packaged energies: Materials Project (A. Jain et al., *APL Materials* 1, 011002 (2013)), CC-BY 4.0.
- CHGNet: B. Deng et al., *Nature Machine Intelligence* 5, 1031 (2023).
- SevenNet: Y. Park et al., *Journal of Chemical Theory and Computation* 20, 4857 (2024).
- Measured enthalpies of formation and DFT entries packaged with pymatgen (MIT licence; S. P. Ong et al.,
  *Comput. Mater. Sci.* 68, 314 (2013)): collected by A. Wang et al., *Sci. Rep.* 11, 15496 (2021), with the MP2020
  corrections; the DFT entries are the Materials Project's, CC-BY 4.0.
- Published values: as cited in the tables. Values that were read in a transcription and not in the source are marked.
- The files given to the command are not part of the package."""


def write_page(checked: Checked, folder: Path, command: str) -> Path:
    """Write ``accuracy.md``, and its plots in the folder ``accuracy/`` beside it.

    Parameters
    ----------
    checked
        The comparisons.
    folder
        Folder of the page; it is created if absent.
    command
        The command that generates the page, which the page states.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    page = folder / "accuracy.md"
    try:
        plots = draw(checked, folder / "accuracy")
        write_whole(page, "\n\n".join(_sections(checked, plots, command)) + "\n")
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}") from None
    return page


def _sections(checked: Checked, plots: Sequence[Path], command: str) -> Iterable[str]:
    sets = checked.document.sets
    version = checked.document.software.coatscreen
    yield "# How wrong the energies are"
    yield f"Made by `{command}`, coatscreen {version}; do not edit."
    yield markdown_table(
        ["energies", "method", "corrections", "phases", "hash"],
        [
            [e.name, e.functional, e.correction, str(e.n_phases), e.sha256[:12]]
            for e in (found.energies for found in sets)
        ],
    )
    yield "## In short"
    yield "\n".join(f"- {sentence}" for sentence in (*_in_short(sets), _dft_itself(checked.document)))
    yield "What a user should conclude:"
    yield _CONCLUSIONS
    yield "## Formation energies"
    yield _HOW
    yield "Mean absolute error by chemistry class, meV/atom (number of compounds):"
    yield formation_summary(checked.document)
    for number, plot in zip(range(len(checked.parity)), plots, strict=False):
        compared = [found.formation[number] for found in sets]
        yield f"### Against {compared[0].label}: {compared[0].compared_with}"
        yield f"{_sentence(compared[0].kind)}. " + " ".join(
            f"{found.energies.name}: {_worst_and_best(errors)}" for found, errors in zip(sets, compared, strict=True)
        )
        for found, errors in zip(sets, compared, strict=True):
            unknown = f"{errors.n_without_phase} of the {errors.n_table} compounds are no phase of it"
            yield f"{found.energies.name}, meV/atom; {unknown}:"
            yield formation_table(errors)
        yield f"![Parity with {compared[0].label}](accuracy/{plot.name})"
    if all(found.literature for found in sets):
        yield "## Published windows and reaction energies"
        yield _PUBLISHED
        yield literature_summary(sets)
        if len(plots) > len(checked.parity):
            yield f"![Published values against these energies](accuracy/{plots[-1].name})"
        yield "Every value compared; a star marks those read in a transcription of the source:"
        yield literature_table(sets)
        yield "Not compared, and why:"
        yield not_compared(sets)
    yield from interval_sections(packaged_calibrations([found.energies for found in sets]))
    tests = [(found.energies.name, test) for found in sets for test in found.replacement]
    if tests:
        yield "## Would replacing single energies by DFT values help?"
        yield _REPLACEMENT
    for name, test in tests:
        yield _verdict(name, test)
        yield replacement_table(test)
    yield "## Sources and licences"
    yield _SOURCES


def _in_short(sets: Sequence[SetAccuracy]) -> Iterable[str]:
    for found in sets:
        parts = [
            f"{mev(table.all_ev_per_atom.mean_absolute_error)} (median "
            f"{mev(table.all_ev_per_atom.median_absolute_error)}) against {table.all_ev_per_atom.n} values of "
            f"*{table.label}*"
            for table in found.formation
            if table.all_ev_per_atom is not None
        ]
        name = f"**{found.energies.name}**"
        yield f"Formation energies of {name} are off on average, in meV/atom, by " + "; ".join(parts) + "."
        for group in found.literature.by_source if found.literature else ():
            if "reaction energy" in group.quantity and group.rank_correlation is not None:
                worst = ", ".join(f"{worst.name} {worst.error:+.0f}" for worst in group.errors.worst)
                yield (
                    f"{name}, {group.quantity}, {group.errors.n} values of {group.source}: "
                    f"{_off(group.errors, group.unit)}; "
                    f"rank correlation {group.rank_correlation:.2f}; furthest off: {worst}."
                )
        for test in found.replacement:
            for held_out in (group for group in test.held_out if group.group == "all"):
                yield (
                    f"{name}, {held_out.quantity} against *{test.label}*, hulls of the same {test.n_formulas} "
                    f"compounds, {held_out.before_mev_per_atom.n} values: "
                    f"{_off(held_out.before_mev_per_atom, 'meV/atom')}; "
                    f"rank correlation {held_out.rank_correlation_before or 0.0:.3f}."
                )


def _dft_itself(document: AccuracyDocument) -> str:
    """Write how far DFT itself is from experiment; a potential trained on it comes closer only by chance."""
    table = document.dft_against_measured
    whole = table.all_ev_per_atom
    if whole is None:
        return "No packaged DFT value in these elements was measured."
    return (
        f"The packaged DFT values themselves are off the measured ones by {mev(whole.mean_absolute_error)} meV/atom on "
        f"average (median {mev(whole.median_absolute_error)}, {whole.n} compounds): {_worst_and_best(table)} What DFT "
        "gets wrong, a potential that learned it gets wrong too."
    )


def _off(errors: Errors, unit: str) -> str:
    return (
        f"off by {errors.mean_absolute_error:.0f} {unit} on average, {errors.median_absolute_error:.0f} in the median"
    )


def _worst_and_best(table: FormationErrors) -> str:
    """Write which classes have the largest and the smallest error."""
    mean: dict[ChemistryClass, float] = {
        name: errors.mean_absolute_error for name, errors in table.by_class_ev_per_atom.items() if errors.n >= _FEW
    }
    if len(mean) < 2:
        return f"too few compounds to tell classes apart (fewer than {_FEW} each)."
    worst, best = (list(mean)[first_lowest([sign * error for error in mean.values()])] for sign in (-1, 1))
    slant = table.by_class_ev_per_atom[worst].mean_error
    direction = "too stable" if slant < 0 else "too unstable"
    return (
        f"of the classes with {_FEW} compounds or more, worst is *{worst}* ({mev(mean[worst])} meV/atom; {direction}, "
        f"on average by {mev(abs(slant))}), best *{best}* ({mev(mean[best])})."
    )


def _verdict(name: str, test: ReplacementTest) -> str:
    """Write the result of the replacement test, with its figures."""
    whole = [group for group in test.held_out if group.group == "all"]
    changes = "; ".join(
        f"{group.quantity}: {group.before_mev_per_atom.mean_absolute_error:.1f} to "
        f"{group.after_mev_per_atom.mean_absolute_error:.1f} meV/atom, rank correlation "
        f"{group.rank_correlation_before or 0:.4f} to {group.rank_correlation_after or 0:.4f}"
        for group in whole
    )
    told = [single.quantity for single in test.one_by_one if single.lowers_the_error]
    beyond = (
        f"More than chance explains (two standard errors): {', '.join(told)}."
        if told
        else "No change is larger than chance explains (two standard errors)."
    )
    return (
        f"**{'Yes' if test.helps else 'No'}** for {name}. Replacing {len(test.replaced)} of the {test.n_formulas} "
        f"compounds brings these themselves from {test.own_error_before_mev_per_atom:.0f} to "
        f"{test.own_error_after_mev_per_atom:.0f} meV/atom (mean absolute error against {test.compared_with}). "
        f"What is not replaced changes so: {changes}. {beyond}"
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
