"""Parity plots: our energies against those of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screening.chemistry.classes import CHEMISTRY_CLASSES, chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.validation.accuracy.check import Checked, Parity
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    colours = colormaps["tab20"].colors  # type: ignore[attr-defined]  # a listed colour map has them
    figure = Figure(figsize=(4.6 * len(names) + 1.6, 4.6), dpi=_DPI, layout="constrained")
    axes = figure.subplots(1, len(names), squeeze=False, sharex=True, sharey=True)[0]
    for ax, name, pairs in zip(axes, names, parity.by_set, strict=True):
        classes = [chemistry_class(parse_formula(pair.name)) for pair in pairs]
        for number, of_class in enumerate(CHEMISTRY_CLASSES):
            members = [pair for pair, found in zip(pairs, classes, strict=True) if found == of_class]
            if members:
                ax.plot(
                    [pair.theirs for pair in members],
                    [pair.ours for pair in members],
                    "o",
                    markersize=2.5,
                    markeredgewidth=0,
                    color=colours[number],
                    label=of_class,
                )
        _diagonal(ax, [value for pair in pairs for value in (pair.ours, pair.theirs)])
        ax.set_title(name, fontsize=9)
        ax.set_xlabel(f"{parity.table.kind} (eV/atom), {parity.table.label}", fontsize=8)
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
        _diagonal(ax, shown)
        ax.set_title(panel, fontsize=9)
        ax.set_xlabel("published", fontsize=8)
    axes[0].set_ylabel("these energies", fontsize=8)
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", fontsize=7, ncols=3)
    return _save(figure, path)


def _panel(value: Compared) -> str:
    """Return the panel for a value: that of its unit, with large formation enthalpies in a panel of their own."""
    return f"formation enthalpy, {value.unit}" if value.quantity == "formation enthalpy" else value.unit


def _diagonal(ax: Axes, values: Sequence[float]) -> None:
    ends = (min(values, default=0.0), max(values, default=1.0))
    margin = 0.03 * (ends[1] - ends[0]) or 1.0
    limits = (ends[0] - margin, ends[1] + margin)
    ax.plot(limits, limits, color="black", linewidth=0.6)
    ax.tick_params(labelsize=7)


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, metadata={"Software": None}, pil_kwargs={"optimize": True})
    return path
