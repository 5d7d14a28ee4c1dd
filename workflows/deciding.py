"""Which energies would decide the undecided rankings of a database."""

from __future__ import annotations

from screening.coatings.ranking import RankingHeader
from screening.common.errors import InputError
from screening.database import CoatingDatabase, StoreLocation
from screening.energies.source import open_energies
from screening.searches.deciding.deciding import deciding_energies, undecided
from screening.searches.deciding.deciding_documents import DecidingEnergies
from screening.searches.missing.needed import contact_systems
from screening.searches.screening_request import plan_screening
from workflows.refresh import verdicts_again


def deciding_of_store(
    location: StoreLocation,
    cathode: str | None = None,
    electrolyte: str | None = None,
    run: str | None = None,
    within_mev_per_atom: float = 0.0,
) -> list[DecidingEnergies]:
    """Find the phases whose energies would decide most of each ranking of a database.

    Parameters
    ----------
    location
        The database.
    cathode, electrolyte, run
        Only these rankings, as :meth:`screening.database.CoatingDatabase.headers`.
    within_mev_per_atom
        Phases up to this energy above the hull are asked about.

    Raises
    ------
    InputError
        If there is no such ranking, one was made without samples, or its energies are no longer there.
    """
    with CoatingDatabase.open(location) as database:
        headers = database.headers(cathode, electrolyte, run)
        requests = {ranking: one.request for one in reversed(database.runs()) for ranking in one.rankings}
    if not headers:
        wanted = " with ".join(name for name in (cathode, electrolyte, run) if name)
        raise InputError(f"the database holds no ranking{f' for {wanted}' if wanted else ''}")
    for header in headers:
        if header.sampling is None:
            raise InputError(
                f"{header.cathode} against {header.electrolyte} was ranked without samples of the energies; run again "
                "with --uncertainty"
            )
    return [_deciding(location, one, requests[one.ranking_id], within_mev_per_atom / 1000.0) for one in headers]


def _deciding(
    location: StoreLocation, header: RankingHeader, request: dict[str, object], within_ev_per_atom: float
) -> DecidingEnergies:
    verdicts = verdicts_again(location, header.ranking_id)
    pairs = undecided(verdicts)
    energies, catalogue = str(request["energies"]), request.get("catalogue")
    phases = open_energies(energies, header.energies.sha256)
    systems = {}
    if pairs:
        coatings = list(dict.fromkeys(name for pair in pairs for name in pair))
        files = [str(file) for file in catalogue] if isinstance(catalogue, list) else []
        plan = plan_screening(coatings, [header.cathode], [header.electrolyte], energies, files)
        systems = contact_systems(plan)
    assert header.sampling is not None
    return deciding_energies(
        header.ranking_id,
        header.cathode,
        header.electrolyte,
        verdicts,
        header.sampling,
        phases,
        systems,
        within_ev_per_atom,
    )
