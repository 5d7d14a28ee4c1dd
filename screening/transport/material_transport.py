"""What passes one material, put together from the tables that are packaged."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from screening.transport.barrier_table import StructureBarriers, material_barriers
from screening.transport.electrons import Electrons, material_electrons
from screening.transport.film import Film, FilmResistance, film_resistance
from screening.transport.measured import Conductivity, measured_conductivity


class TransportDocument(BaseModel):
    """What passes a material as a film; each part is null where it is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    conductivity: Conductivity | None = Field(description="measured lithium conductivity at 25 C, amorphous if known")
    film_resistance: FilmResistance | None = Field(description="area-specific resistance of the film to lithium")
    barriers: StructureBarriers | None = Field(
        None, description="barriers of lithium in its crystal lowest in energy, from the bond-valence site energy"
    )
    blocked: bool | None = Field(
        None,
        description="whether the crystal lets no lithium through by these barriers; null without. The measured "
        "conductivity, where there is one, is the better witness",
    )
    electrons: Electrons | None = Field(None, description="whether it keeps electrons out")


@lru_cache(maxsize=65536)
def material_transport(material: str, film: Film) -> TransportDocument:
    """Return what is known of the transport through a film of a material.

    Parameters
    ----------
    material
        A formula or a glass; of a composition that is in no table nothing is known.
    film
        Its thickness and area.
    """
    conductivity, barriers = measured_conductivity(material), material_barriers(material)
    return TransportDocument(
        conductivity=conductivity,
        film_resistance=None if conductivity is None else film_resistance(conductivity, film),
        barriers=barriers,
        blocked=None if barriers is None else barriers.blocked,
        electrons=material_electrons(material),
    )
