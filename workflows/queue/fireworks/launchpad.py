"""FireWorks' objects as a site's files describe them, and its database made ready for jobs and emptied."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from screening.common.errors import InputError, StoreError
from workflows.queue.fireworks.fireworks_internals import register_classes
from workflows.queue.site import Site
from workflows.queue.words import INSTALL

if TYPE_CHECKING:
    from fireworks import FWorker, LaunchPad
    from fireworks.user_objects.queue_adapters.common_adapter import CommonAdapter


def open_launchpad(site: Site) -> LaunchPad:
    """Open FireWorks' database. FireWorks prints nothing but what is critical.

    Raises
    ------
    InputError
        If FireWorks is not installed, or the site's file cannot be read.
    StoreError
        If the database cannot be reached.
    """
    fireworks = _fireworks()

    def make(options: dict[str, Any]) -> LaunchPad:
        client = {**options["mongoclient_kwargs"], **site.location.client_options}
        return fireworks.LaunchPad.from_dict({**options, "mongoclient_kwargs": client, "strm_lvl": "CRITICAL"})

    with site.location.first_contact():
        launchpad = site.made_from("my_launchpad.yaml", make)
        launchpad.connection.admin.command("ping")
    return launchpad


def read_fworker(site: Site) -> FWorker:
    """Return FireWorks' description of a worker of a site."""
    return site.made_from("my_fworker.yaml", _fireworks().FWorker.from_dict)


def read_queue_adapter(site: Site) -> CommonAdapter:
    """Return what writes queue scripts for FireWorks, submits them and counts the jobs in the queue."""
    _fireworks()
    from fireworks.user_objects.queue_adapters.common_adapter import CommonAdapter

    return site.made_from("my_qadapter.yaml", CommonAdapter.from_dict)


def prepare_launchpad(launchpad: LaunchPad) -> None:
    """Make FireWorks' counter of jobs and its indexes where there are none. Nothing is deleted.

    Two processes may do so at the same time.

    Raises
    ------
    StoreError
        If jobs are there but their counter is lost: new jobs would take the numbers of old ones.
    """
    from pymongo.errors import DuplicateKeyError

    if launchpad.fw_id_assigner.find_one() is not None:
        return
    n_jobs = launchpad.fireworks.count_documents({})
    if n_jobs and launchpad.fw_id_assigner.find_one() is None:  # no other process has made it meanwhile
        raise StoreError(
            f"the database {launchpad.name} holds {n_jobs} jobs of FireWorks but no counter of them (fw_id_assigner): "
            "restore it from a backup, or use another database"
        )
    launchpad.tuneup()
    with suppress(DuplicateKeyError):
        launchpad.fw_id_assigner.insert_one({"_id": -1, "next_fw_id": 1, "next_launch_id": 1})


def reset_launchpad(site: Site, confirm: str | None) -> None:
    """Delete FireWorks' flows, jobs and launches. The outputs of jobs and the coatings stay.

    Parameters
    ----------
    confirm
        The name of the database.

    Raises
    ------
    InputError
        If `confirm` is anything else; the message says what would be lost.
    StoreError
        If the database cannot be reached.
    """
    launchpad = open_launchpad(site)
    with site.location.errors():
        if confirm != site.database_name:
            n_flows = launchpad.workflows.count_documents({})
            n_jobs = launchpad.fireworks.count_documents({"state": {"$nin": ["COMPLETED", "ARCHIVED"]}})
            raise InputError(
                f"this would delete {n_flows} flows with {n_jobs} unfinished jobs from {site.location.name}, though no "
                f"output and no coating: confirm it with the name of the database, {site.database_name}"
            )
        launchpad.reset("", require_password=False, max_reset_wo_password=sys.maxsize)


def _fireworks() -> Any:
    try:
        import fireworks
    except ImportError:
        raise InputError(f"FireWorks is not installed: {INSTALL}") from None
    register_classes()
    return fireworks
