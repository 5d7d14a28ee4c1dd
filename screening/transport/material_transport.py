"""What passes one material, put together from the tables that are packaged."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from screening.transport.film import Film, FilmResistance, film_resistance
from screening.transport.measured import Conductivity, measured_conductivity


class TransportDocument(BaseModel):
    """What passes a material as a film; each part is null where it is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    conductivity: Conductivity | None = Field(description="measured lithium conductivity at 25 C, amorphous if known")
    film_resistance: FilmResistance | None = Field(description="area-specific resistance of the film to lithium")


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
    conductivity = measured_conductivity(material)
    return TransportDocument(
        conductivity=conductivity,
        film_resistance=None if conductivity is None else film_resistance(conductivity, film),
    )
