"""The page for any interface as one HTML file that loads nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
from html import escape
from pathlib import Path
from string import Template

import orjson

from coatscreen.report.app.app_documents import AppData
from coatscreen.report.app.packed_phases import PackedPhases
from coatscreen.report.page import STYLE, browser_text, only_visible

_HERE = Path(__file__).parent / "browser"
_SHARED = ("elements.js", "drawings.js")
_SCRIPTS = ("simplex.js", "phases.js", "notation.js", "equilibrium.js", "panels.js", "app.js")


def app_page(data: AppData, packed: PackedPhases) -> str:
    """Return the HTML of the page.

    Parameters
    ----------
    data
        What it knows beside the energies.
    packed
        The energies.
    """
    shown = AppData.model_validate(only_visible(data.model_dump()))
    scripts = [*map(browser_text, _SHARED), *((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)]
    script = "\n".join(["", *scripts])
    energies = shown.energies
    return Template((_HERE / "app.html").read_text(encoding="utf-8")).substitute(
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=browser_text(STYLE) + (_HERE / "app.css").read_text(encoding="utf-8"),
        made=escape(f"coatscreen {shown.software.coatscreen}, {shown.made}; energies: {energies.name}"),
        origin="".join(f"<p>{escape(line)}</p>" for line in _origin(shown)),
        command=escape(shown.command),
        data=_packed(orjson.dumps(shown.model_dump(mode="json"))),
        table=_packed(packed.content),
        script=script,
    )


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _origin(data: AppData) -> list[str]:
    energies = data.energies
    return [
        f"{energies.name}, version {energies.version}: {energies.functional}; corrections: {energies.correction}; "
        f"{energies.n_phases:,} phases; SHA-256 {energies.sha256}.",
        *([f"Source: {energies.source}."] if energies.source else []),
        *data.energies_error,
    ]
