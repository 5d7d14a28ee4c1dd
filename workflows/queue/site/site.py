"""The configuration of one cluster, from which the files of all programs involved are written."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError, model_validator

from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.files.content import read_text
from screening.files.validation import explained
from screening.files.yaml_text import parse_yaml
from screening.text.passwords import is_address
from workflows.outputs import job_store
from workflows.queue.site.fields import Environment, Folder, Line, MongoUri, Word, database_name
from workflows.queue.words import LOST_PINGS

if TYPE_CHECKING:
    from jobflow import JobStore

Made = TypeVar("Made")
SITE_FILE = "site.yaml"
SITE_VARIABLE = "COATSCREEN_SITE"
_LEAST_WALL_TIME_MINUTES = 2  # a worker needs some ten seconds to start, and does nothing new near its end


class Site(BaseModel):
    """The configuration of one cluster.

    Its methods that open something raise an InputError if the site has no folder yet or its files cannot be read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    manager: Literal["fireworks", "jobflow-remote"] = Field(
        "fireworks", description="what manages the jobs: fireworks or jobflow-remote"
    )
    scheduler: Literal["slurm", "pbs", "sge"] = Field(description="the scheduler of the queue: slurm, pbs or sge")
    database: MongoUri = Field(repr=False, description="the mongodb:// URI of the database, with its name")
    account: Word | None = Field(None, description="the account that pays (in SGE the project)")
    partition: Word | None = Field(None, description="the partition (in PBS and SGE the queue)")
    wall_time_minutes: int = Field(60, ge=_LEAST_WALL_TIME_MINUTES, description="the wall time of one queue job, min")
    max_jobs: int = Field(10, ge=1, description="how many queue jobs there may be at one time")
    cores: int = Field(1, ge=1, description="the cores of one queue job, on one node")
    memory_mb: int | None = Field(None, ge=1, description="the memory of one queue job, MB")
    parallel_env: Word | None = Field(None, description="SGE's parallel environment, needed for more than one core")
    queue_options: tuple[Line, ...] = Field(
        (), description="further options in the scheduler's own words, such as --qos=regular"
    )
    environment: Environment = Field(
        default_factory=lambda: Path(sys.prefix), description="the prefix of the Python environment on the nodes"
    )
    work_folder: Folder = Field(description="the folder of launches and logs, which all nodes see")
    setup: tuple[Line, ...] = Field((), description="lines of the shell that come first, such as module load")
    vasp_command: Line | None = Field(None, description="the command that starts VASP, such as srun vasp_std")
    vasp_pseudopotentials: Folder | None = Field(
        None, description="the folder of VASP's pseudopotentials (pymatgen's PMG_VASP_PSP_DIR)"
    )
    ping_seconds: int = Field(60, ge=5, description="the time between two signs of life of a running job, s")
    poll_seconds: int = Field(5, ge=1, description="the time between two looks of an idle worker for work, s")

    _folder: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _suits_the_scheduler(self) -> Site:
        if self.scheduler == "pbs" and self.partition is None:
            raise ValueError("partition: PBS needs the name of the queue, or FireWorks counts no jobs in it")
        if self.scheduler == "sge" and self.cores > 1 and self.parallel_env is None:
            raise ValueError("parallel_env: SGE needs the name of a parallel environment for more than one core")
        if self.scheduler != "sge" and self.parallel_env is not None:
            raise ValueError(f"parallel_env: only SGE has parallel environments, not {self.scheduler}")
        if self.manager == "jobflow-remote" and not re.fullmatch(r"[\w./@%+=:,-]+", str(self.work_folder)):
            raise ValueError(
                f"work_folder: {str(self.work_folder)!r}: jobflow-remote quotes no path: letters, digits and "
                ". _ - @ % + = : , only"
            )
        return self

    @classmethod
    def make(cls, source: str = "", **options: Any) -> Site:
        """Make a site from its options; one that is None counts as not given.

        Parameters
        ----------
        source
            Where the options come from, for messages.

        Raises
        ------
        InputError
            If an option is unknown, missing or unfit; the message names it, and holds no password.
        """
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            where = f"{source}: " if source else ""
            raise InputError(where + explained(error, cls.model_fields, "option")) from None

    @classmethod
    def read(cls, folder: Path) -> Site:
        """Read the site of a folder.

        Raises
        ------
        InputError
            If there is none, or it cannot be read; no password is in the message.
        """
        file = folder / SITE_FILE
        if not file.is_file():
            raise InputError(f"there is no site in {folder}: `coatscreen site init` makes one")
        try:
            options = parse_yaml(read_text(file, "site"))
        except yaml.YAMLError as error:  # its text may quote the password
            mark = getattr(error, "problem_mark", None)
            raise InputError(f"{file} is not YAML" + (f", line {mark.line + 1}" if mark else "")) from None
        if not isinstance(options, dict):
            raise InputError(f"{file} holds no options by name")
        return cls.make(str(file), **{str(name): value for name, value in options.items()}).placed(folder)

    def placed(self, folder: Path) -> Site:
        """Return the same site with a folder for its files."""
        site = self.model_copy()
        site._folder = _checked_folder(folder)
        return site

    @property
    def folder(self) -> Path:
        """The folder of the site's files."""
        if self._folder is None:
            raise InputError("the site is in no folder yet: workflows.queue.site.config_files.write_site puts it there")
        return self._folder

    @property
    def location(self) -> StoreLocation:
        """The database, with the jobs, their outputs and the coatings."""
        return StoreLocation(self.database)

    @property
    def database_name(self) -> str:
        """The name of the database in its URI."""
        return database_name(self.database)

    @property
    def lost_after_s(self) -> int:
        """The time without a sign of life after which a running job is lost, s."""
        return LOST_PINGS * self.ping_seconds

    def environment_variables(self) -> dict[str, str]:
        """Return the variables by which a process finds the site's files."""
        managers = {"fireworks": ("FW_CONFIG_FILE", "FW_config.yaml")}
        managers["jobflow-remote"] = ("JFREMOTE_PROJECTS_FOLDER", "jobflow_remote")
        variable, name = managers[self.manager]
        return {
            variable: str(self.folder / name),
            "JOBFLOW_CONFIG_FILE": str(self.folder / "jobflow.yaml"),
            "ATOMATE2_CONFIG_FILE": str(self.folder / "atomate2.yaml"),
            SITE_VARIABLE: str(self.folder),
        }

    def job_store(self) -> JobStore:
        """Open the store of the jobs' outputs; large parts lie in GridFS.

        Raises
        ------
        StoreError
            If the database cannot be reached.
        """
        return job_store(self.location)

    def made_from(self, name: str, make: Callable[[dict[str, Any]], Made]) -> Made:
        """Return what a program makes from a YAML file that was written from this site.

        Its user may have changed the file. No value is quoted where that went wrong: it may be a password.

        Parameters
        ----------
        name
            The name of the file in the site's folder.
        make
            The program's own reading of the file's content.

        Raises
        ------
        InputError
            If the file cannot be read, or nothing can be made from it.
        """
        file = f"site file {self.folder / name}"
        try:
            content = parse_yaml(read_text(self.folder / name, "site file"))
            if not isinstance(content, dict):
                raise TypeError
            return make(content)
        except InputError as error:
            fault = str(error)
        except yaml.YAMLError:
            fault = f"{file} is not YAML"
        except ValidationError as error:
            fault = f"{file}: {explained(error)}"
        except KeyError as error:
            fault = f"{file} lacks {error}"
        except (AttributeError, TypeError, ValueError):
            fault = f"{file} is not as it was written"
        raise InputError(f"{fault}: `coatscreen site init --overwrite` writes it again")


def site_folder(option: Path | None = None) -> Path:
    """Return the folder of the site: that of the option, else of the variable COATSCREEN_SITE, else the user's own.

    Raises
    ------
    InputError
        If its path cannot stand in a script, or is an address.
    """
    from platformdirs import user_config_path

    variable = os.environ.get(SITE_VARIABLE)
    folder = option or (Path(variable) if variable else user_config_path("coatscreen") / "queue")
    if is_address(str(folder)):
        raise InputError(f"{folder} is an address, and no folder of a site")
    return _checked_folder(Path(os.path.abspath(folder.expanduser())))  # noqa: PTH100 (a link stays a link)


def _checked_folder(folder: Path) -> Path:
    try:
        return TypeAdapter(Folder).validate_python(folder)
    except ValidationError as error:
        raise InputError(f"the site's folder: {explained(error)}") from None
