"""Judging one coating: its quantities, the criteria it passes, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from screening.chemistry.economics import EconomicsDocument
from screening.coatings.coating_documents import BareInterface, CoatingDocument, Verdict
from screening.coatings.contacts import Pair, closed_energies, face_energies, mutual_energies
from screening.coatings.ranking_uncertainty import coating_uncertainty
from screening.coatings.samples import CoatingSamples
from screening.common.ties import first_lowest
from screening.criteria.criteria import Criterion, tier
from screening.criteria.quantities import GAIN, HasStability, HasWindow, quantity, registered
from screening.transport.material_transport import TransportDocument


@dataclass(frozen=True)
class JudgedCoating:
    """A coating beside its bare interface, as the registry of quantities reads it.

    See :class:`screening.criteria.quantities.Coating`.
    """

    document: CoatingDocument
    bare: BareInterface | None

    @property
    def formula(self) -> str:
        """Composition."""
        return self.document.formula

    @property
    def stability(self) -> HasStability | None:
        """Phase stability."""
        return self.document.stability

    @property
    def window(self) -> HasWindow | None:
        """Electrochemical window."""
        return self.document.window

    @property
    def economics(self) -> EconomicsDocument | None:
        """What its elements cost, and how concentrated their supply is."""
        return self.document.economics

    @property
    def transport(self) -> TransportDocument | None:
        """What passes a film of it."""
        return self.document.transport

    @property
    def _met(self) -> tuple[Pair, ...]:
        """Which materials must meet for a lowest energy to be that of all contacts."""
        inside: tuple[Pair, ...] = ("coating|coating",) if self.document.components else ()
        return ("coating|cathode", "coating|electrolyte", *inside)

    @cached_property
    def energies(self) -> tuple[dict[str, float | None], float | None]:
        """Mutual energies by contact, closed and open, and their lowest, meV per atom that is not exchanged."""
        return mutual_energies(self.document.interfaces, *self._met)

    @property
    def worst_contact_energy(self) -> float | None:
        """Lowest mutual energy of any contact, closed or open, meV per atom that is not exchanged."""
        return self.energies[1]

    @cached_property
    def worst_mutual(self) -> float | None:
        """Lowest closed mutual energy of any contact, meV/atom."""
        return closed_energies(self.document.interfaces, *self._met)[1]

    @property
    def bare_worst_mutual(self) -> float | None:
        """The same of the cathode and the electrolyte without a coating, meV/atom."""
        return None if self.bare is None else self.bare.worst_mutual_mev_per_atom

    @cached_property
    def faces(self) -> Mapping[str, float | None]:
        """Lowest mutual energy at each face, meV per (closed) atom, by the quantity's name."""
        return face_energies(self.document.interfaces)

    def mutual(self, quantity: str) -> float | None:
        """Return the lowest mutual energy of the contacts that a quantity names."""
        return self.faces.get(quantity)


def judge(
    document: CoatingDocument,
    bare: BareInterface | None,
    criteria: Sequence[Criterion],
    samples: CoatingSamples | None = None,
) -> Verdict:
    """Judge one coating; its rank and Pareto rank are left open.

    Parameters
    ----------
    document
        What was computed of it.
    bare
        The unprotected interface, for the gain.
    criteria
        Judged by these.
    samples
        What was computed of it, and of the bare interface, in samples of the energies.
    """
    coating = JudgedCoating(document, bare)
    parts, worst = coating.energies
    names = dict.fromkeys((*registered(), *coating.faces, *(criterion.quantity for criterion in criteria)))
    quantities = {name: quantity(name) for name in names}
    values = {name: one.value(coating) for name, one in quantities.items()}
    compared = {name: one.compare(coating) for name, one in quantities.items()}
    passes = {criterion.name: criterion.judge(compared) for criterion in criteria}
    verdict = Verdict(
        score=worst,
        score_parts=parts,
        tier=tier(passes),
        passes=passes,
        quantities=values,
        worst_mutual_mev_per_atom=coating.worst_mutual,
        worst_contact=None if worst is None else _worst_contact(parts),
        gain_over_bare_mev_per_atom=values[GAIN],
        compared=compared,
    )
    if samples is None:
        return verdict
    uncertainty, standings = coating_uncertainty(verdict, samples, bare, criteria)
    return verdict.model_copy(update={"uncertainty": uncertainty, "standings": standings})


def _worst_contact(parts: Mapping[str, float | None]) -> str:
    """Return the contact of lowest energy, of equal ones the first; at least one is known."""
    known = {name: value for name, value in parts.items() if value is not None}
    return list(known)[first_lowest(list(known.values()))]
