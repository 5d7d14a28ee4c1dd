"""What is known of the energies that a page shows."""

from __future__ import annotations

from screening.energies.packaged.packaged_documents import PackagedInfo
from screening.energies.packaged.packaged_table import packaged_info
from screening.energies.potentials.models import SOURCES
from screening.energies.source import without_doubtful_phases


def known_of(source: str) -> PackagedInfo | None:
    """Return what is known of some energies; None if they are no packaged ones.

    Parameters
    ----------
    source
        Of the energies, as :func:`screening.energies.source.open_energies` takes it.
    """
    bare = without_doubtful_phases(source)
    return packaged_info(model=SOURCES[bare]) if bare in SOURCES else None
