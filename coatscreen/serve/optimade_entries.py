"""Coatings as entries of OPTIMADE, the common interface of materials databases.

Each coating of each ranking is a structure without sites: its composition is in the properties that all databases
share, and what a screening finds is in properties with the prefix ``_coatscreen_``. The specification is at
https://specification.optimade.org.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from screening.chemistry.compositions import atomic_fractions, composition_key
from screening.chemistry.formulas import parse_formula
from screening.coatings.ranking import RankingHeader
from screening.criteria.quantities import quantity
from screening.database import CoatingDatabase
from screening.text.visible_text import visible

PREFIX = "coatscreen"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNITS = {  # by the ends of names
    "_mev_per_atom": "meV/atom",
    "_mev_per_closed_atom": "meV/atom",
    "_limit_v": "V",
    "_ev": "eV",
    "_usd_per_kg": "USD/kg",
    "_s_per_cm": "S/cm",
    "_ohm_cm2": "ohm*cm^2",
}
_TEXTS = {
    "coating": "name of the coating",
    "cathode": "name of the cathode it is ranked on",
    "electrolyte": "name of the electrolyte it is ranked against",
    "worst_contact": "the contact with the lowest mutual reaction energy",
    "energies": "the energies that all numbers came from: name and version",
    "energies_sha256": "hash of these energies",
    "why_missing": "why something is missing",
}
_COUNTS = {
    "rank": "place in its ranking, 1 the best",
    "tier": "1 all criteria passed, 2 none failed but some unknown, 3 one failed, 4 more failed",
}


def entries(database: CoatingDatabase, headers: Sequence[RankingHeader]) -> Iterator[dict[str, Any]]:
    """Yield the coatings of some rankings as OPTIMADE's structures.

    Parameters
    ----------
    database
        The database.
    headers
        The rankings.

    Yields
    ------
    dict
        The properties; those of this program without their prefix. Absent ones are None.
    """
    changed = _last_changes(database)
    for header in headers:
        for line in database.lines(header):
            named = f"{header.ranking_id}\n{line['coating']}"
            yield {
                "id": hashlib.sha256(named.encode()).hexdigest()[:24],
                "type": "structures",
                "last_modified": changed.get(header.ranking_id, datetime.now(UTC)),
                "immutable_id": None,
                **composition_properties(line["formula"]),
                "coating": visible(line["coating"]),
                "cathode": visible(line["cathode"]),
                "electrolyte": visible(line["electrolyte"]),
                "worst_contact": line["worst_contact"],
                "energies": visible(f"{header.energies.name}, version {header.energies.version}"),
                "energies_sha256": header.energies.sha256,
                "why_missing": line["why_missing"],
                "rank": line["rank"],
                "tier": line["tier"],
                **{property_name(name): value for name, value in line["quantities"].items()},
            }


def composition_properties(formula: str) -> dict[str, Any]:
    """Return the properties of OPTIMADE that follow from a composition; those of sites are None.

    Parameters
    ----------
    formula
        The composition; amounts may be fractional.
    """
    amounts = parse_formula(formula)
    shares = dict(composition_key(amounts))
    common = math.lcm(*(share.denominator for share in shares.values()))
    counts = {symbol: int(share * common) for symbol, share in shares.items()}
    factor = math.gcd(*counts.values())
    counts = {symbol: count // factor for symbol, count in counts.items()}
    fractions = atomic_fractions(amounts)
    largest_first = sorted(counts.values(), reverse=True)
    return {
        "elements": sorted(counts),
        "nelements": len(counts),
        "elements_ratios": [fractions[symbol] for symbol in sorted(counts)],
        "chemical_formula_descriptive": formula,
        "chemical_formula_reduced": _formula(sorted(counts.items())),
        "chemical_formula_hill": None,
        "chemical_formula_anonymous": _formula(list(zip(_LETTERS, largest_first, strict=False))),
        "dimension_types": None,
        "nperiodic_dimensions": None,
        "lattice_vectors": None,
        "cartesian_site_positions": None,
        "nsites": None,
        "species": None,
        "species_at_sites": None,
        "structure_features": [],
    }


def provider_fields(quantities: Iterable[str]) -> list[dict[str, str]]:
    """Describe the properties of this program: name, type, unit and a sentence.

    Parameters
    ----------
    quantities
        Names of the quantities that entries have.
    """
    described = [{"name": name, "type": "string", "description": text} for name, text in _TEXTS.items()]
    described += [{"name": name, "type": "integer", "description": text} for name, text in _COUNTS.items()]
    for name in sorted(quantities):
        about = {"name": property_name(name), "type": "float", "description": quantity(name).description}
        described.append(about | ({"unit": unit} if (unit := unit_of(name)) else {}))
    return described


def property_name(name: str) -> str:
    """Return the name of a quantity with the letters that OPTIMADE allows: small ones, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def unit_of(name: str) -> str | None:
    """Return the unit that the name of a quantity ends in; None for a pure number."""
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), None)


def _formula(counts: Sequence[tuple[str, int]]) -> str:
    return "".join(f"{symbol}{'' if count == 1 else count}" for symbol, count in counts)


def _last_changes(database: CoatingDatabase) -> dict[str, datetime]:
    """Return when the runs of each ranking last changed, by the ranking's id."""
    found: dict[str, datetime] = {}
    for run in database.runs():
        try:
            changed = datetime.fromisoformat(run.updated)
        except ValueError:
            continue
        changed = changed.replace(tzinfo=changed.tzinfo or UTC, microsecond=0)
        for ranking in run.rankings:
            found[ranking] = max(changed, found.get(ranking, changed))
    return found
