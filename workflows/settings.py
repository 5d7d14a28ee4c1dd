"""Settings of a screening: options, environment variables and a file, with the same names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from screening.common.errors import InputError
from screening.common.sampling_defaults import LEAST_SAMPLES, N_SAMPLES, SEED
from screening.criteria.criteria import Criterion, default_criteria, read_criteria
from screening.energies.source import REFERENCE, with_doubtful_phases
from screening.files.content import read_text
from screening.files.validation import explained
from screening.files.yaml_text import parse_yaml
from screening.materials.catalogue import Catalogue
from screening.materials.material import Content
from screening.transport.film import Film
from screening.uncertainty.energy_errors import Against


def split_names(value: Any) -> Any:
    """Read a comma list; a list is left as it is."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[list[str], NoDecode, BeforeValidator(split_names)]


class ScreeningSettings(BaseSettings):
    """What to screen, with which energies, and where the results go.

    Values come, in this order, from the command line, from environment variables ``COATSCREEN_...``, from a YAML or
    TOML file, and from the defaults.
    """

    model_config = SettingsConfigDict(env_prefix="COATSCREEN_", extra="forbid")

    coatings: Names = Field(
        default_factory=lambda: list(Catalogue.load().defaults("coating")),
        description="names or formulas; 'all': every stable compound of lithium without transition metals",
    )
    cathodes: Names = Field(
        default_factory=lambda: list(Catalogue.load().defaults("cathode")), description="names or formulas"
    )
    electrolytes: Names = Field(
        default_factory=lambda: list(Catalogue.load().defaults("electrolyte")), description="names or formulas"
    )
    lithiation: Annotated[list[Content], NoDecode, BeforeValidator(split_names)] = Field(
        default_factory=list,
        description="further states of charge of every cathode: lithium atoms in a formula unit",
    )
    voltage: Annotated[list[float], NoDecode, BeforeValidator(split_names)] = Field(
        default_factory=list,
        description="V against Li/Li+ at which contacts are opened to lithium, besides each state's own potential; by "
        "default the ends of a usual cycle",
    )
    energies: str = Field(REFERENCE, description="a source of energies, see screening.energies.source")
    doubtful: Literal["keep", "drop"] = Field("drop", description="what is done with phases of doubtful energy")
    store: str = Field("results/coatings", description="folder of the embedded database, or a mongodb:// URI")
    workers: int = Field(1, ge=1, description="processes")
    batch_size: int = Field(200, ge=1, description="coatings in a job")
    uncertainty: bool = Field(False, description="whether to take samples of the energies, for intervals")
    samples: int | None = Field(
        None, ge=LEAST_SAMPLES, description=f"how many, with uncertainty; {N_SAMPLES} if not given"
    )
    seed: int | None = Field(None, ge=0, description=f"which set of samples, with uncertainty; {SEED} if not given")
    against: Against | None = Field(
        None, description="how far from 'DFT' or from 'measurement', with uncertainty; DFT where that is known"
    )
    film_thickness_nm: float | None = Field(
        None, gt=0, le=1e6, description="thickness of the coatings, nm; that of the packaged film if not given"
    )
    film_area_ratio: float | None = Field(
        None, gt=0, le=1e6, description="coated area over the cell's; that of the packaged film if not given"
    )
    candidates: str | None = Field(None, description="CSV or JSON of formulas, in place of coatings")
    catalogue: Names = Field(default_factory=list, description="YAML files of the user's own materials")
    criteria: Annotated[list[Criterion], BeforeValidator(lambda data: list(read_criteria(data)))] = Field(
        default_factory=lambda: list(default_criteria()), description="what coatings are judged by"
    )

    @property
    def film(self) -> Film:
        """How thick the coatings are, and on which area."""
        given = {"thickness_nm": self.film_thickness_nm, "area_ratio": self.film_area_ratio}
        return Film(**{name: value for name, value in given.items() if value is not None})

    @model_validator(mode="after")
    def _samples_with_uncertainty(self) -> ScreeningSettings:
        for name, usual in (("samples", N_SAMPLES), ("seed", SEED)):
            given = getattr(self, name)
            if given is not None and not self.uncertainty:
                raise ValueError(f"{name} needs uncertainty")
            if self.uncertainty and given is None:
                setattr(self, name, usual)
        if self.against is not None and not self.uncertainty:
            raise ValueError("against needs uncertainty")
        return self

    @model_validator(mode="after")
    def _energies_with_doubtful_phases(self) -> ScreeningSettings:
        if self.doubtful == "keep":
            self.energies = with_doubtful_phases(self.energies)
        return self

    @model_validator(mode="after")
    def _coatings_or_candidates(self) -> ScreeningSettings:
        if self.candidates is not None:
            if "coatings" in self.model_fields_set and self.coatings:
                raise ValueError("give coatings or a file of candidates, not both")
            self.coatings = []
        return self


def load_settings(config: Path | None = None, **options: Any) -> ScreeningSettings:
    """Read the settings.

    Parameters
    ----------
    config
        A YAML (``.yaml``, ``.yml``) or TOML (``.toml``) file.
    options
        Values given on the command line; None means not given.

    Raises
    ------
    InputError
        If the file cannot be read, or an option is unknown or unfit; the message names it.
    """
    written = {} if config is None else _read(config)

    class Settings(ScreeningSettings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, written)

    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        where = f"{config}: " if config is not None else ""
        raise InputError(where + explained(error, ScreeningSettings.model_fields, "option")) from None
    except (SettingsError, RecursionError) as error:
        raise InputError(f"{error}: lists and tables in environment variables are JSON") from None


def _read(config: Path) -> dict[str, Any]:
    """Read a YAML or TOML file of options."""
    if not config.is_file():
        raise InputError(f"config file {config} does not exist")
    if config.suffix not in (".yaml", ".yml", ".toml"):
        raise InputError(f"config file {config} is neither YAML nor TOML by its name")
    text = read_text(config, "config file")
    try:
        data = tomllib.loads(text) if config.suffix == ".toml" else parse_yaml(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        kind = "TOML" if config.suffix == ".toml" else "YAML"
        raise InputError(f"config file {config} is not {kind}: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict | None):
        raise InputError(f"config file {config} holds no options by name")
    return {str(name): value for name, value in (data or {}).items()}
