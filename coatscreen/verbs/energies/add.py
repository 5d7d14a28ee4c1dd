"""``coatscreen energies add``: energies of the user's own structures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Model
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, Submit, put_on_queue, submission_site

if TYPE_CHECKING:
    from screening.energies.user.added import AddedEnergies


class Calculator(StrEnum):
    """What computes energies."""

    chgnet = "chgnet"
    vasp = "vasp"


def add(
    structures: Annotated[list[Path], typer.Argument(help="CIF, POSCAR or other files of ordered structures.")],
    table: Annotated[
        Path,
        typer.Option(
            help="The table they are put in; made if absent. With --submit on a file system that all nodes see."
        ),
    ] = Path("my_energies.json.gz"),
    model: Model = "chgnet-0.3.0",
    steps: Annotated[int, typer.Option(min=2, help="Steps of CHGNet after which a relaxation is given up.")] = 500,
    calculator: Annotated[
        Calculator, typer.Option(help="chgnet relaxes, for packaged energies; or vasp, for those of mp.")
    ] = Calculator.chgnet,
    submit: Submit = False,
    site: SiteFolder = None,
    name: FlowName = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: AsJson = False,
) -> None:
    """Relax structures with CHGNet or VASP and put their energies in a table.

    With CHGNet the energies are on the scale of the packaged ones of the model: those of sevennet-l3i5 are of the
    structures that CHGNet relaxed. VASP's are computed with the settings of the Materials Project, get MP2020
    corrections, and join those of mp; they need VASP and its pseudopotentials. A structure that the table holds already
    is skipped. An interrupted call goes on where it stopped when it is made again. With --submit the energies are put
    in the table by the last job. Needs the extra 'mlip', here and on the nodes.

    Example: coatscreen energies add Li3BO3.cif POSCAR --table my_energies.json.gz

    Example: coatscreen energies add Li3BO3.cif --calculator vasp --table /scratch/me/vasp.json.gz --submit
    """
    from coatscreen.output import document, print_json
    from screening.common.errors import CalculationError, InputError
    from screening.common.progress import progress_bar
    from workflows.requests.run_request import run_request
    from workflows.requests.user_energies import prepare_user_energies

    there = submission_site(submit, site, name, max_jobs, no_launch, {})
    if there is not None and calculator is Calculator.vasp and there.vasp_command is None:
        raise InputError(f"the site {there.folder} does not say how VASP is started: correct `vasp_command` there")
    request = prepare_user_energies(structures, table, model, steps, calculator.value)
    if there is not None and request.flow.jobs:  # else all are skipped, which is said below
        use = f"{request.collector.scale_name}+{request.collector.target}"
        result = f"the last job puts the energies into the table; then use it in any verb: --energies {use}"
        put_on_queue(there, request, name, max_jobs, no_launch, as_json, result)
        return
    with progress_bar("relaxing") as progress:
        outcome, _ = run_request(request, None, 1, progress)
    if as_json:
        print_json(document(outcome))
    else:
        _print_added(outcome)
    if outcome.failed:
        reasons = "; ".join(f"{file}: {reason}" for file, reason in outcome.failed.items())
        raise CalculationError(f"{len(outcome.failed)} of {len(structures)} structures failed: {reasons}")


def _print_added(outcome: AddedEnergies) -> None:
    from coatscreen.output import note, number, print_table

    for text in outcome.notes:
        note(f"note: {text}")
    if outcome.added:
        print_table(
            ["file", "id", "formula", "space group", "energy (eV/atom)", "above hull (meV/atom)", "known phase",
             "above it (meV/atom)", "lowered by (meV/atom)", "corrected by (meV/atom)"],
            [
                [
                    Path(one.file).name,
                    one.id,
                    one.formula,
                    str(one.space_group or "-"),
                    number(one.energy_ev_per_atom, 4),
                    _milli(one.energy_above_hull_ev_per_atom),
                    one.known_id or "-",
                    _milli(one.above_known_ev_per_atom),
                    _milli(one.lowering_ev_per_atom),
                    _milli(one.correction_ev_per_atom),
                ]
                for one in outcome.added
            ],
            importance=["formula", "energy (eV/atom)", "above hull (meV/atom)", "file", "id"],
        )  # fmt: skip
        if any(one.energy_above_hull_ev_per_atom is not None for one in outcome.added):
            print(f"above hull: against the packaged phases ({outcome.energies.name}); negative: below all of them")
    for same in outcome.skipped:
        print(f"skipped: {same.file} is the same crystal as {same.same_as}")
    if outcome.added or outcome.skipped:
        example = outcome.added[0].formula if outcome.added else "LiNbO3"
        print(f"use the table in any verb: coatscreen stability {example} --energies {outcome.use_as}")


def _milli(value_ev: float | None) -> str:
    """Write an energy in eV as meV."""
    from coatscreen.output import number

    return number(None if value_ev is None else 1000 * value_ev, 1)
