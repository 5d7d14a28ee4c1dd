"""``coatscreen energies vacancies``: oxygen vacancies of a cathode against the lithium taken out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Model, OrderingSeed, Workers
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, Submit, put_on_queue, submission_site

if TYPE_CHECKING:
    from screening.cathodes.vacancies.vacancy_documents import VacancyDocument


def vacancies(
    cathode: Annotated[str, typer.Argument(help="Name in the catalogue, or formula of a layered oxide.")],
    output: Annotated[
        Path | None,
        typer.Option(
            help="JSON file; default CATHODE-vacancies.json. With --submit on a file system that all nodes see."
        ),
    ] = None,
    lithium: Annotated[int, typer.Option(help="Lithium atoms taken out in the end.", min=0)] = 12,
    cell: Annotated[str, typer.Option(help="Hexagonal cells along a, b and c.")] = "5x2x1",
    orderings: Annotated[int, typer.Option(help="Orderings of the metals drawn at random.", min=1)] = 30,
    seed: OrderingSeed = 0,
    relaxed_orderings: Annotated[
        int | None, typer.Option(help="Relax so many orderings, the lowest before relaxing; default all.", min=1)
    ] = None,
    environments: Annotated[
        int | None,
        typer.Option(help="Relax vacancies in so many environments, the lowest before relaxing; default all.", min=1),
    ] = None,
    environments_at: Annotated[
        str | None, typer.Option(help="The same at some numbers of lithium taken out: 0=40,12=8.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Largest force after relaxing a vacancy, eV/angstrom.", min=0.001)
    ] = 0.05,
    model: Model = "chgnet-0.3.0",
    workers: Workers = 1,
    submit: Submit = False,
    site: SiteFolder = None,
    name: FlowName = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: AsJson = False,
) -> None:
    """Compute the formation energy of an oxygen vacancy against the lithium taken out, relaxed with CHGNet.

    The lowest of random orderings of the metals, relaxed; lithium taken out one by one, the lowest cell going on; at
    each number of lithium vacancies the lowest vacancy of each environment an oxygen atom has. Two cores take hours.
    An interrupted call goes on where it stopped when it is made again. With --submit the file is written by the last
    job, once all others have succeeded. Needs the extra 'mlip', here and on the nodes.

    Example: coatscreen energies vacancies NMC532 --environments 3 --environments-at 0=40 --workers 2

    Example: coatscreen energies vacancies NMC532 --output /scratch/me/NMC532.json --submit
    """
    from coatscreen.output import document, print_json
    from screening.cathodes.ordering.orderings import Draw
    from screening.common.progress import progress_bar
    from workflows.requests.requirements import require_potential

    there = submission_site(submit, site, name, max_jobs, no_launch, {"--workers": workers != 1})
    repeats, environments_at_numbers = _repeats(cell), _environments_at(environments_at)
    require_potential(model)  # without it the flow cannot even be imported
    from workflows.flows.vacancies import VacancyMaker
    from workflows.requests.oxygen_vacancies import prepare_vacancies
    from workflows.requests.run_request import run_request

    maker = VacancyMaker(
        model=model,
        repeats=repeats,
        drawing=Draw(n_orderings=orderings, ranking="random", seed=seed),
        n_relaxed_orderings=relaxed_orderings,
        most_lithium_vacancies=lithium,
        n_relaxed_environments=environments,
        n_relaxed_environments_at=environments_at_numbers,
        vacancy_force_tolerance_ev_per_angstrom=tolerance,
    )
    request = prepare_vacancies(cathode, output or Path(f"{cathode}-vacancies.json"), maker)
    if there is not None:
        result = f"the last job writes {request.collector.target}"
        put_on_queue(there, request, name, max_jobs, no_launch, as_json, result)
        return
    with progress_bar("vacancies") as progress:
        found, _ = run_request(request, None, workers, progress)
    if as_json:
        print_json(document(found))
    else:
        _print(found)


def _repeats(text: str) -> tuple[int, int, int]:
    from screening.common.errors import InputError

    parts = text.lower().split("x")
    if len(parts) != 3 or not all(part.strip().isdigit() and int(part) > 0 for part in parts):
        raise InputError(f"--cell {text!r}: write three numbers of cells, as in 5x2x1")
    return (int(parts[0]), int(parts[1]), int(parts[2]))


def _environments_at(text: str | None) -> dict[int, int]:
    from screening.common.errors import InputError

    given: dict[int, int] = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        lithium, _, environments = (piece.strip() for piece in part.partition("="))
        if not lithium.isdigit() or not environments.isdigit() or not int(environments):
            raise InputError(f"--environments-at {part.strip()!r}: write LITHIUM=ENVIRONMENTS, as in 0=40")
        given[int(lithium)] = int(environments)
    return given


def _print(found: VacancyDocument) -> None:
    from coatscreen.output import number, print_energies, print_table

    print_table(
        ["Li vacancies", "Li left", "formation energy (eV)", "without correction (eV)", "lowest at", "environments",
         "relaxed", "their range (eV)"],
        [
            [
                str(state.lithium_vacancies),
                number(state.lithium_per_formula_unit, 2),
                number(state.formation_energy_ev, 2),
                number(state.without_oxide_correction_ev, 2),
                state.environment,
                str(len(state.environments)),
                str(len(energies)),
                f"{min(energies):.2f} to {max(energies):.2f}",
            ]
            for state in found.states
            for energies in [[one.formation_energy_ev for one in state.environments if one.formation_energy_ev]]
        ],
        title=f"Oxygen vacancies of {found.cathode}, {found.formula}",
        numeric=("Li vacancies", "Li left", "environments", "relaxed"),
    )  # fmt: skip
    print(
        f"O2: {found.oxygen_ev_per_atom:.3f} eV/atom ({found.oxygen_id}); {len(found.ordering_energies_ev)} of "
        f"{found.n_drawn} orderings relaxed"
    )
    if found.oxide_correction_ev_per_atom is not None:
        print(
            "without correction: the energies contain "
            f"{found.oxide_correction_ev_per_atom:.3f} eV for each oxygen atom of an oxide (MP2020), none for O2"
        )
    print_energies(found.energies)
