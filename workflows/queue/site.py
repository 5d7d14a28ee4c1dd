"""A site: the configuration of one cluster, from which the files of all programs involved are written."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError, model_validator

from screening.database import StoreLocation
from screening.errors import InputError, StoreError, nearest
from screening.passwords import is_address
from screening.sources.files import read_text
from screening.sources.yaml_text import parse_yaml
from workflows.outputs import job_store
from workflows.queue.site_fields import Environment, Folder, Line, MongoUri, Word, database_name

if TYPE_CHECKING:
    from fireworks import FWorker, LaunchPad
    from fireworks.user_objects.queue_adapters.common_adapter import CommonAdapter
    from jobflow import JobStore

SITE_FILE = "site.yaml"
SITE_VARIABLE = "COATSCREEN_SITE"
LOST_PINGS = 5  # a run without so many signs of life is lost
_LEAST_WALL_TIME_MINUTES = 2  # a worker needs some ten seconds to start, and does nothing new near its end
MISSING = "python -m pip install 'coatscreen[cluster]'"


class Site(BaseModel):
    """The configuration of one cluster.

    Raises
    ------
    InputError
        By the methods that open something, if the site is in no folder yet or its files cannot be read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    manager: Literal["fireworks", "jobflow-remote"] = Field("fireworks", description="what manages the jobs")
    scheduler: Literal["slurm", "pbs", "sge"] = Field(description="the queue")
    database: MongoUri = Field(repr=False, description="a mongodb:// URI with the name of a database")
    account: Word | None = Field(None, description="who pays: Slurm's and PBS' account, SGE's project")
    partition: Word | None = Field(None, description="Slurm's partition, or the queue of PBS and SGE")
    wall_time_minutes: int = Field(60, ge=_LEAST_WALL_TIME_MINUTES, description="of one queue job")
    max_jobs: int = Field(10, ge=1, description="queue jobs at one time")
    cores: int = Field(1, ge=1, description="of one queue job, on one node")
    memory_mb: int | None = Field(None, ge=1, description="of one queue job")
    parallel_env: Word | None = Field(None, description="SGE's parallel environment, for more than one core")
    queue_options: tuple[Line, ...] = Field(
        (), description="further options in the scheduler's own words, such as --qos=regular"
    )
    environment: Environment = Field(default_factory=lambda: Path(sys.prefix), description="the Python environment")
    work_folder: Folder = Field(description="a folder all nodes see, for launches and logs")
    setup: tuple[Line, ...] = Field((), description="lines of the shell that come first, such as module load")
    vasp_command: Line | None = Field(None, description="how VASP is started, such as srun vasp_std")
    vasp_pseudopotentials: Folder | None = Field(None, description="PMG_VASP_PSP_DIR of pymatgen")
    ping_seconds: int = Field(60, ge=5, description="between two signs of life of a running job")
    poll_seconds: int = Field(5, ge=1, description="between two looks of an idle worker for work")

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
        """Make a site from options, of which None means not given.

        Parameters
        ----------
        source
            What the options come from, for messages.

        Raises
        ------
        InputError
            If an option is unknown, missing or unfit; the message names it, and holds no password.
        """
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            name = ".".join(map(str, first["loc"]))
            where = f"{source}: " if source else ""
            if first["type"] == "extra_forbidden":
                raise InputError(f"{where}unknown option {name!r}{nearest(name, cls.model_fields)}") from None
            fault = first["msg"].removeprefix("Value error, ")
            raise InputError(where + ": ".join(filter(None, (name, fault)))) from None

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
            raise InputError(f"there is no site in {folder}: `coatscreen submit --init` makes one")
        try:
            options = parse_yaml(read_text(file, "site"))
        except yaml.YAMLError as error:  # its text may quote the password
            mark = getattr(error, "problem_mark", None)
            raise InputError(f"{file} is not YAML" + (f", line {mark.line + 1}" if mark else "")) from None
        if not isinstance(options, dict):
            raise InputError(f"{file} holds no options by name")
        return cls.make(str(file), **{str(name): value for name, value in options.items()}).placed(folder)

    def placed(self, folder: Path) -> Site:
        """Return the same site, in a folder."""
        site = self.model_copy()
        site._folder = _checked_folder(folder)
        return site

    @property
    def folder(self) -> Path:
        """Where the site's files are."""
        if self._folder is None:
            raise InputError("the site is in no folder yet: workflows.queue.site_files.write_site puts it there")
        return self._folder

    @property
    def location(self) -> StoreLocation:
        """The database with jobs, coatings and the queue's own collections."""
        return StoreLocation(self.database)

    @property
    def database_name(self) -> str:
        """The name of the database in its URI."""
        return database_name(self.database)

    def environment_variables(self) -> dict[str, str]:
        """Return what a process needs in order to find the site's files."""
        managers = {"fireworks": ("FW_CONFIG_FILE", "FW_config.yaml")}
        managers["jobflow-remote"] = ("JFREMOTE_PROJECTS_FOLDER", "jobflow_remote")
        variable, name = managers[self.manager]
        return {
            variable: str(self.folder / name),
            "JOBFLOW_CONFIG_FILE": str(self.folder / "jobflow.yaml"),
            "ATOMATE2_CONFIG_FILE": str(self.folder / "atomate2.yaml"),
            SITE_VARIABLE: str(self.folder),
        }

    def launchpad(self) -> LaunchPad:
        """Open FireWorks' database; FireWorks itself says nothing but what is critical.

        Raises
        ------
        StoreError
            If it cannot be reached.
        """
        fireworks = _fireworks()
        options = self.rendered("my_launchpad.yaml")
        options["mongoclient_kwargs"] = {**options["mongoclient_kwargs"], **self.location.client_options}
        options["strm_lvl"] = "CRITICAL"
        with self.location.errors():
            launchpad = fireworks.LaunchPad.from_dict(options)
            launchpad.connection.admin.command("ping")
        return launchpad

    def fworker(self) -> FWorker:
        """Return what FireWorks knows of a worker of this site."""
        return _fireworks().FWorker.from_dict(self.rendered("my_fworker.yaml"))

    def queue_adapter(self) -> CommonAdapter:
        """Return what writes queue scripts, submits them and counts the jobs in the queue."""
        _fireworks()
        from fireworks.user_objects.queue_adapters.common_adapter import CommonAdapter

        return CommonAdapter.from_dict(self.rendered("my_qadapter.yaml"))

    def job_store(self) -> JobStore:
        """Open the outputs of jobs, large ones in GridFS.

        Raises
        ------
        StoreError
            If the database cannot be reached.
        """
        return job_store(self.location)

    def rendered(self, name: str) -> Any:
        """Read a file that was written from this site.

        Raises
        ------
        InputError
            If it cannot be read.
        """
        try:
            return parse_yaml(read_text(self.folder / name, "site file"))
        except (InputError, yaml.YAMLError) as error:
            fault = str(error) if isinstance(error, InputError) else f"site file {self.folder / name} is not YAML"
            raise InputError(f"{fault}: `coatscreen submit --init` writes it again") from None


def site_folder(option: Path | None = None) -> Path:
    """Return the folder of the site: the option, else the variable COATSCREEN_SITE, else the user's own.

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
        raise InputError(f"the site's folder: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def _fireworks() -> Any:
    try:
        import fireworks
    except ImportError:
        raise InputError(f"FireWorks is not installed: {MISSING}") from None
    return fireworks


def prepare_launchpad(launchpad: LaunchPad) -> None:
    """Make FireWorks' counter of jobs and its indexes, where there are none; nothing is deleted.

    Two processes may do so at once.

    Raises
    ------
    StoreError
        If jobs are there but their counter is lost, with which new ones would take the numbers of old ones.
    """
    from pymongo.errors import DuplicateKeyError

    if launchpad.fw_id_assigner.find_one() is not None:
        return
    n_jobs = launchpad.fireworks.count_documents({})
    if n_jobs and launchpad.fw_id_assigner.find_one() is None:  # not made by another process meanwhile
        raise StoreError(
            f"the database {launchpad.name} holds {n_jobs} jobs of FireWorks but no counter of them (fw_id_assigner): "
            "restore it from a backup, or use another database"
        )
    launchpad.tuneup()
    with suppress(DuplicateKeyError):
        launchpad.fw_id_assigner.insert_one({"_id": -1, "next_fw_id": 1, "next_launch_id": 1})


def reset_launchpad(site: Site, confirm: str | None) -> None:
    """Delete what FireWorks knows: its flows, jobs and launches; outputs of jobs and coatings stay.

    Parameters
    ----------
    confirm
        The name of the database.

    Raises
    ------
    InputError
        If `confirm` is something else; the message says what would be lost.
    StoreError
        If the database cannot be reached.
    """
    launchpad = site.launchpad()
    with site.location.errors():
        if confirm != site.database_name:
            n_flows = launchpad.workflows.count_documents({})
            n_jobs = launchpad.fireworks.count_documents({"state": {"$nin": ["COMPLETED", "ARCHIVED"]}})
            raise InputError(
                f"this would delete {n_flows} flows with {n_jobs} unfinished jobs from {site.location.name}, though no "
                f"output and no coating: confirm it with the name of the database, {site.database_name}"
            )
        launchpad.reset("", require_password=False, max_reset_wo_password=sys.maxsize)
