"""The resistance of a coating's film to lithium.

A film of thickness t and conductivity sigma on particles has, counted on the area of the cell, the area-specific
resistance t / (sigma a), where a is the coated area over the area of the cell: all particles are in parallel.
"""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from screening.files.content import DATA
from screening.transport.measured import Conductivity, Form

_PACKAGED = DATA / "transport" / "film.yaml"
_CM_PER_NM = 1e-7
_DIGITS = 4  # significant; conductivities have no more


@cache
def _defaults() -> dict[str, float]:
    import yaml

    return {name: float(value) for name, value in yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")).items()}


class Film(BaseModel):
    """How thick a coating is, and how much of it there is."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    thickness_nm: float = Field(
        default_factory=lambda: _defaults()["thickness_nm"], gt=0, le=1e6, description="thickness, nm"
    )
    area_ratio: float = Field(
        default_factory=lambda: _defaults()["area_ratio"], gt=0, le=1e6, description="coated area over the cell's area"
    )


class FilmResistance(BaseModel):
    """The area-specific resistance of a film to lithium at 25 C, counted on the area of the cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low_ohm_cm2: float = Field(description="from the highest conductivity, ohm cm2")
    high_ohm_cm2: float = Field(description="from the lowest conductivity, ohm cm2; the same where there is one value")
    form: Form = Field(description="which form's conductivity it is computed with")
    film: Film = Field(description="the film")


def film_resistance(conductivity: Conductivity, film: Film) -> FilmResistance:
    """Return the area-specific resistance of a film, of a range of conductivities an interval.

    Parameters
    ----------
    conductivity
        Of the film's material, S/cm.
    film
        Its thickness and area.
    """

    def resistance(s_per_cm: float) -> float:
        return float(f"{film.thickness_nm * _CM_PER_NM / (s_per_cm * film.area_ratio):.{_DIGITS}g}")

    return FilmResistance(
        low_ohm_cm2=resistance(conductivity.high_s_per_cm),
        high_ohm_cm2=resistance(conductivity.low_s_per_cm),
        form=conductivity.form,
        film=film,
    )
