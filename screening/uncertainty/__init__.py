"""How far results may be off because the energies are: an error model, samples of the energies, intervals."""

from screening.uncertainty.draws import sampled
from screening.uncertainty.energy_errors import ErrorModel, error_model
from screening.uncertainty.intervals import Interval

__all__ = ["ErrorModel", "Interval", "error_model", "sampled"]
