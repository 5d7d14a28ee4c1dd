"""How far results may be off because the energies are: an error model, samples of the energies, intervals."""

from screening.uncertainty.intervals import Interval
from screening.uncertainty.model import ErrorModel, error_model
from screening.uncertainty.sampling import sampled

__all__ = ["ErrorModel", "Interval", "error_model", "sampled"]
