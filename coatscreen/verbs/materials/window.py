"""``coatscreen window``: the electrochemical window."""

from __future__ import annotations

from coatscreen.options import AsJson, Energies, Material, Samples, SamplingSeed, Uncertainty
from coatscreen.uncertainty import sampling_asked, spread
from coatscreen.verbs.materials.opened import opened


def window(
    formula: Material,
    energies: Energies = "reference",
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    as_json: AsJson = False,
) -> None:
    """Electrochemical window of a material against Li/Li+, with the products beyond each limit.

    Example: coatscreen window Li3PS4 --uncertainty
    """
    from coatscreen.output import document, number, print_energies, print_json
    from coatscreen.verbs.materials.composites import print_limits
    from screening.equilibrium.composite import CompositeWindow, material_window
    from screening.materials.names import resolve_material

    sampling = sampling_asked(uncertainty, samples, seed)
    phases, catalogue = opened(energies, formula, also=("Li",), sampling=sampling)
    result = material_window(phases, resolve_material(formula, catalogue, phases))
    off = None if sampling is None else sampling.window(phases, result.formula)
    if as_json:
        return print_json(document(result, uncertainty=off))
    low = f"{number(result.reduction_limit_v, 3)} V{spread(off, 'reduction_limit', 1, 2)}"
    high = "no limit: no lithium to give up"
    if result.oxidation_limited:
        high = f"{number(result.oxidation_limit_v, 3)} V{spread(off, 'oxidation_limit', 1, 2)}"
    print(f"{result.formula}: {low} to {high}")
    print(f"reduction: {result.reduction_reaction or 'none, stable against lithium metal'}")
    if result.oxidation_reaction:
        print(f"oxidation: {result.oxidation_reaction}")
    if isinstance(result, CompositeWindow):
        print_limits(result)
    elif result.distance_to_hull_ev_per_atom is None:
        print("no phase of this composition is known: the window is that of the mixture on the hull")
    elif result.distance_to_hull_ev_per_atom > 0:
        print(
            f"metastable: {number(1000 * result.distance_to_hull_ev_per_atom, 1)} meV/atom above the hull in its window"
            f"{spread(off, 'distance_to_hull', 1000, 1)}"
        )
    return print_energies(phases.provenance, off)
