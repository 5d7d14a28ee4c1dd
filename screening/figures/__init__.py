"""Pictures of results at the size of a journal's column: each a function that draws a document into matplotlib Axes."""

from screening.figures.anneal import draw_anneal
from screening.figures.canvas import FORMATS, STYLE, drawn
from screening.figures.class_map import draw_class_map
from screening.figures.heatmap import draw_heatmap
from screening.figures.oxygen import draw_oxygen
from screening.figures.parity import draw_parity
from screening.figures.profile import draw_profile
from screening.figures.ranking import draw_ranking
from screening.figures.staircase import draw_staircase
from screening.figures.sweep import draw_sweep
from screening.figures.vacancies import draw_vacancies
from screening.figures.voltage import draw_voltage
from screening.figures.windows import draw_windows

__all__ = [
    "FORMATS",
    "STYLE",
    "draw_anneal",
    "draw_class_map",
    "draw_heatmap",
    "draw_oxygen",
    "draw_parity",
    "draw_profile",
    "draw_ranking",
    "draw_staircase",
    "draw_sweep",
    "draw_vacancies",
    "draw_voltage",
    "draw_windows",
    "drawn",
]
