"""Parity plots: our energies against those of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screening.figures.parity import draw_diagonal, draw_parity
from screening.validation.accuracy.check import Checked, Parity
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 80
_MARKERS = "os^vD"


def draw(checked: Checked, folder: Path) -> list[Path]:
    """Draw a figure for each table of formation energies, and one for the published values.

    With the same matplotlib the same values give identical files.

    Parameters
    ----------
    checked
        The comparisons.
    folder
        Folder for the PNG files; it is created if absent.

    Returns
    -------
    list of Path
        The files: formation energies in the order of the tables, published values last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [found.energies.name for found in checked.document.sets]
    drawn = [
        _formation(parity, names, folder / f"formation-{re.sub(r'[^A-Za-z0-9]+', '-', parity.table.label)}.png")
        for parity in checked.parity
    ]
    literature = [found.literature for found in checked.document.sets if found.literature is not None]
    if any(found.compared for found in literature):
        drawn.append(_published(literature, names, folder / "published.png"))
    return drawn


def _formation(parity: Parity, names: Sequence[str], path: Path) -> Path:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6 * len(names) + 1.6, 4.6), dpi=_DPI, layout="constrained")
    axes = figure.subplots(1, len(names), squeeze=False, sharex=True, sharey=True)[0]
    for ax, name, pairs in zip(axes, names, parity.by_set, strict=True):
        draw_parity(ax, pairs, parity.table)
        ax.set_title(name, fontsize=9)
        ax.xaxis.label.set_size(8)
        ax.tick_params(labelsize=7)
    axes[0].set_ylabel("formation energy, 0 K (eV/atom)", fontsize=8)
    handles = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", fontsize=7, markerscale=2.5)
    return _save(figure, path)


def _published(literature: Sequence[LiteratureErrors], names: Sequence[str], path: Path) -> Path:
    from matplotlib.figure import Figure

    panels = list(dict.fromkeys(_panel(value) for found in literature for value in found.compared))
    figure = Figure(figsize=(3.7 * len(panels), 4.6), dpi=_DPI, layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    handles = {}
    for ax, panel in zip(axes, panels, strict=True):
        shown: list[float] = []
        for number, (found, name) in enumerate(zip(literature, names, strict=True)):
            for place, quantity in enumerate(dict.fromkeys(value.quantity for value in found.compared)):
                members = [value for value in found.compared if value.quantity == quantity and _panel(value) == panel]
                if members:
                    handles[f"{quantity}, {name}"] = ax.plot(
                        [value.published for value in members],
                        [value.ours for value in members],
                        _MARKERS[number % len(_MARKERS)],
                        markersize=4,
                        markeredgewidth=0.8,
                        fillstyle="full" if number == 0 else "none",
                        color=f"C{place % 10}",
                    )[0]
                    shown += [x for value in members for x in (value.published, value.ours)]
        draw_diagonal(ax, shown)
        ax.tick_params(labelsize=7)
        ax.set_title(panel, fontsize=9)
        ax.set_xlabel("published", fontsize=8)
    axes[0].set_ylabel("these energies", fontsize=8)
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", fontsize=7, ncols=3)
    return _save(figure, path)


def _panel(value: Compared) -> str:
    """Return the panel for a value: that of its unit, with large formation enthalpies in a panel of their own."""
    return f"formation enthalpy, {value.unit}" if value.quantity == "formation enthalpy" else value.unit


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, metadata={"Software": None}, pil_kwargs={"optimize": True})
    return path
