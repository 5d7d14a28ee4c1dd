"""Cathodes of other ions than lithium, by hand."""

from __future__ import annotations

import pytest
from fixtures_screening import ELEMENTS, SCALE, phase

from screening.cathodes.ion_voltages import ion_states
from screening.cathodes.lithium_potentials import lithium_states
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

SODIUM = -1.3
PHASES = PhaseSet(
    SCALE,
    [
        *(phase(element) for element in ELEMENTS),
        phase("CoO2", -1.0),
        Phase(id="Na", formula="Na", energy_ev_per_atom=SODIUM),
        Phase(id="NaCoO2", formula="NaCoO2", energy_ev_per_atom=-6.6),
        Phase(id="NaCo2O4", formula="NaCo2O4", energy_ev_per_atom=-6.7),
    ],
)


def test_a_sodium_cathode_by_hand():
    cathode = Catalogue.load().cathode("NaCoO2", "Na")
    found = ion_states(PHASES, cathode)
    assert (found.ion, found.couple, found.cathode) == ("Na", "Na/Na+", "NaCoO2")
    empty = 3 * -1.0 + ELEMENTS["Co"] + 2 * ELEMENTS["O"]
    first = -(4 * -6.6 - 3.5 * -6.7 - 0.5 * SODIUM) / 0.5
    last = -(3.5 * -6.7 - empty - 0.5 * SODIUM) / 0.5
    assert [step.voltage_v for step in found.voltages] == pytest.approx([first, first, last, last], abs=1e-8)
    full, half = found.states
    assert (full.state, full.formula, full.ions_per_formula_unit) == ("full", "NaCoO2", 1.0)
    assert full.voltage.voltage_v == pytest.approx(first, abs=1e-8)
    assert half.voltage.voltage_v == pytest.approx((first + last) / 2, abs=1e-8)
    assert half.mu_ion_ev == -half.voltage.voltage_v
    assert "Na per formula unit" in half.voltage.definition
    assert [step.ions_to for step in found.averages] == [0.5]


def test_the_potential_of_a_divalent_ion_is_twice_the_voltage():
    magnesium = [
        Phase(id="Mg", formula="Mg", energy_ev_per_atom=-1.5),
        Phase(id="MgCoO2", formula="MgCoO2", energy_ev_per_atom=-8.0),
    ]
    found = ion_states(PhaseSet(SCALE, [*PHASES.phases, *magnesium]), Catalogue.load().cathode("MgCoO2", "Mg"))
    full = found.states[0]
    assert full.mu_ion_ev == pytest.approx(-2 * full.voltage.voltage_v)


def test_what_is_lithium_s_refuses_another_ion():
    sodium = Catalogue.load().cathode("NaCoO2", "Na")
    assert sodium.voltages == {}  # the ends of a cycle against lithium
    with pytest.raises(InputError, match="NaCoO2 is a cathode of sodium"):
        lithium_states(PHASES, sodium)


@pytest.mark.parametrize(
    ("name", "ion", "message"),
    [
        ("NaCoO2", "Li", "NaCoO2 has no lithium; sodium is the working ion with --ion Na"),
        ("CoO2", "Na", "CoO2 has no sodium"),
        ("Na", "Na", "Na has no host"),
        ("LiCoO2", "Na", "LiCoO2 is a cathode of lithium, not of sodium"),
        ("NaCoO2", "Zn", "no working ion 'Zn': there are Li, Na, K, Mg"),
    ],
)
def test_a_cathode_has_the_ion_that_is_asked_for(name, ion, message):
    with pytest.raises(InputError, match=message):
        Catalogue.load().cathode(name, ion)


def test_a_catalogue_s_cathode_may_have_another_ion(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "cathodes:\n  - {name: mine, ion: Na, host: {Ni: 0.5, Mn: 0.5, O: 2}, lithiations: {full: 1, half: 1/2}}\n"
    )
    catalogue = Catalogue.load(file)
    assert catalogue.cathode("mine", "Na").formula("half") == "Na0.5Ni0.5Mn0.5O2"
    with pytest.raises(InputError, match="mine is a cathode of sodium, not of lithium"):
        catalogue.cathode("mine")
    with pytest.raises(ValueError, match="sodium belongs in lithiations"):
        Cathode(name="x", ion="Na", host={"Na": 1, "O": 2}, lithiations={"full": 1.0})
