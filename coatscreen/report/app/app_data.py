"""Making the page for any interface from a set of energies."""

from __future__ import annotations

from datetime import UTC, datetime

from coatscreen.report.app.app_documents import AppData
from coatscreen.report.app.app_page import app_page
from coatscreen.report.app.names import page_elements, page_names
from coatscreen.report.app.packed_phases import packed_phases
from coatscreen.report.known_energies import known_of
from coatscreen.report.report import dft_error
from screening.common.provenance import software
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet


def interface_page(source: str, phases: PhaseSet, command: str) -> str:
    """Return the HTML of the page for any interface.

    Parameters
    ----------
    source
        Of the energies, as :func:`screening.energies.source.open_energies` takes it: what is known of them is told.
    phases
        The energies.
    command
        The command that makes the page again.
    """
    packed = packed_phases(phases)
    data = AppData(
        energies=phases.provenance,
        energies_error=list(dft_error(known_of(source))) or ["How far they are off is not known to this page."],
        software=software(),
        command=command,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        layout=packed.layout,
        names=page_names(Catalogue.load(), phases),
        elements=page_elements(),
    )
    return app_page(data, packed)
