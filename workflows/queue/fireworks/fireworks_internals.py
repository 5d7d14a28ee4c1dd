"""What is used of FireWorks beyond its public interface, and the texts it writes that are read here.

The tests of this module fail where a release of FireWorks changes one of these.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING

from screening.common.errors import StoreError
from screening.database import StoreLocation

if TYPE_CHECKING:
    from fireworks import LaunchPad, Workflow


_MODULES = {
    "PyTask": "fireworks.user_objects.firetasks.script_task",
    "CommonAdapter": "fireworks.user_objects.queue_adapters.common_adapter",
}


def register_classes() -> None:
    """Tell FireWorks where the classes are that it stores by name; to find one it imports all its modules and tests."""
    from fireworks.utilities.fw_serializers import SAVED_FW_MODULES

    SAVED_FW_MODULES.update(_MODULES)


def refresh_flow(launchpad: LaunchPad, fw_id: int) -> None:
    """Derive the states of the jobs that need a job anew, as FireWorks does when that job has ended."""
    launchpad._refresh_wf(fw_id)


def add_flow(launchpad: LaunchPad, flow: Workflow) -> None:
    """Insert a flow: first the flow and then its jobs, because a worker that takes a job looks up its flow.

    FireWorks' method for one flow inserts the jobs first. The method for several, used here, draws a progress bar.
    """
    with redirect_stderr(io.StringIO()):
        launchpad.bulk_add_wfs([flow])


@contextmanager
def flow_errors(location: StoreLocation) -> Iterator[None]:
    """Turn the errors of FireWorks where it cannot write the states of a flow into a StoreError without a password."""
    from fireworks.core.launchpad import LockedWorkflowError

    with location.errors():
        try:
            yield
        except LockedWorkflowError:
            raise StoreError(f"{location.name}: a flow stays locked by another process; try again") from None
        except RuntimeError as error:  # its text is a whole stack trace
            last = str(error).strip().splitlines()[-1].partition(":")[0]
            raise StoreError(f"{location.name}: the state of a flow could not be written ({last}); try again") from None
