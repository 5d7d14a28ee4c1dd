"""Questions to an atlas, against its rows taken one by one."""

import pytest
from fixtures_atlas import small_atlas, small_plan

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

import pyarrow.parquet as pq

from screening.atlas.answers import potential_name
from screening.atlas.atlas import Atlas
from screening.atlas.product_kinds import Unwanted
from screening.chemistry.classes import chemistry_class
from screening.chemistry.economics import material_economics
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.criteria import quantities
from screening.criteria.criteria import default_criteria
from screening.criteria.quantities import Quantity
from screening.equilibrium.interface import Interface


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    plan = small_plan(folder)
    document = small_atlas(folder, plan)
    return plan, document, pq.read_table(document.file).to_pylist()


@pytest.fixture
def atlas(built):
    with Atlas(built[1].file) as opened:
        yield opened


def worst_of(rows):
    """The lowest mutual energy of each coating, meV."""
    worst = {}
    for row in rows:
        worst[row["coating"]] = min(0.0, worst.get(row["coating"], 0.0), 1000.0 * row["mutual_ev_per_closed_atom"])
    return worst


def found(answer):
    return {one.coating: one.quantities["worst_contact_mev_per_closed_atom"] for one in answer.ranking}


def row_is(neighbour=None, state=None, role=None, voltages=(None, 2.9, 4.3)):
    """Return what tells the rows that count."""

    def counts(row):
        wanted = neighbour in (None, row["neighbour"]) and state in (None, row["state"])
        return wanted and role in (None, "cathode" if row["state"] else "electrolyte") and row["voltage_v"] in voltages

    return counts


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({"cathodes": ["LiCoO2"]}, row_is("LiCoO2")),
        ({"cathodes": ["lco"], "states": ["half"]}, row_is("LiCoO2", "half")),
        ({"cathodes": ["Li*O2"], "electrolytes": ["*"]}, row_is()),
        ({"electrolytes": ["thiophosphate"], "voltages_v": []}, row_is(role="electrolyte", voltages=(None,))),
        ({"electrolytes": ["Li3PS4"], "voltages_v": [4.3], "closed": False}, row_is("Li3PS4", voltages=(4.3,))),
        ({"cathodes": ["transition-metal oxide"], "voltages_v": [2.9]}, row_is(role="cathode", voltages=(None, 2.9))),
    ],
)
def test_the_worst_of_the_contacts_asked_for(atlas, built, asked, counts):
    answer = atlas.ask(**asked)
    expected = worst_of(row for row in built[2] if counts(row))
    assert found(answer) == pytest.approx(expected, abs=1e-3)
    order = [expected[one.coating] for one in answer.ranking]
    assert order == pytest.approx(sorted(order, reverse=True), abs=2e-3)
    for one in answer.ranking:
        better = sum(other > one.quantities["worst_contact_mev_per_closed_atom"] for other in found(answer).values())
        assert one.rank == better + 1
        worst = one.worst_contact
        assert worst.mutual_mev_per_closed_atom == pytest.approx(expected[one.coating], abs=1e-3)
        row = next(
            row
            for row in built[2]
            if (row["coating"], row["neighbour"], row["state"], row["voltage_v"])
            == (one.coating, worst.neighbour, worst.state, worst.voltage_v)
        )
        assert worst.products == pytest.approx(dict(zip(row["products"], row["product_shares"], strict=True)), abs=1e-5)
        assert worst.x_closed_coating == pytest.approx(row["x_closed_coating"], abs=1e-5)


def test_the_quantities_are_those_of_a_screening(atlas, built):
    """Against interfaces computed one at a time."""
    phases = built[0].energies.open()
    answer = atlas.ask(cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"])
    one = next(coating for coating in answer.ranking if coating.coating == "LiNbO3")

    def mutual(a, b):
        return 1000.0 * Interface(phases, a, b).profile().mutual.min()

    met = {"cathode_full": "LiCoO2", "cathode_half": "Li0.5CoO2", "electrolyte": "Li6PS5Cl"}
    energies = {name: mutual("LiNbO3", formula) for name, formula in met.items()}
    for name, energy in energies.items():
        assert one.quantities[f"mutual_{name}_mev_per_atom"] == pytest.approx(energy, abs=1e-3)
    bare = min(mutual(cathode, "Li6PS5Cl") for cathode in ("LiCoO2", "Li0.5CoO2"))
    assert answer.bare_worst_mutual_mev_per_atom == pytest.approx(bare, abs=1e-3)
    assert one.quantities["worst_mutual_mev_per_atom"] == pytest.approx(min(energies.values()), abs=1e-3)
    assert one.quantities["gain_over_bare_mev_per_atom"] == pytest.approx(min(energies.values()) - bare, abs=2e-3)
    cost = material_economics("LiNbO3").raw_material_cost_usd_per_kg
    assert one.quantities["raw_material_cost_usd_per_kg"] == pytest.approx(cost, abs=1e-5)
    assert answer.energies == phases.provenance


def test_one_side_alone_has_no_gain(atlas):
    answer = atlas.ask(electrolytes=["Li6PS5Cl"])
    assert answer.bare_worst_mutual_mev_per_atom is None
    assert {one.quantities["gain_over_bare_mev_per_atom"] for one in answer.ranking} == {None}


def test_without_closed_contacts_nothing_is_said_of_them(atlas):
    answer = atlas.ask(electrolytes=["Li6PS5Cl"], closed=False)
    assert {one.quantities["worst_mutual_mev_per_atom"] for one in answer.ranking} == {None}
    assert answer.potentials == ["2.9 V", "4.3 V"]


def test_elements_and_classes(atlas):
    for one in atlas.ask(elements=["Li"], exclude=["O"]).ranking:
        assert {"Li"} <= set(parse_formula(one.coating)) - {"O"}
        assert "O" not in parse_formula(one.coating)
    halides = atlas.ask(classes=["halide"]).ranking
    assert {one.chemistry_class for one in halides} == {"halide"}
    assert {chemistry_class(parse_formula(one.coating)) for one in halides} == {"halide"}
    assert {"LiCl", "NiCl2"} <= {one.coating for one in halides}


@pytest.mark.parametrize("names", [["conducting"], ["sulfate", "Li2S"], ["transition-metal sulfide"]])
def test_products_that_must_not_form(atlas, built, names):
    unwanted = Unwanted(tuple(names))
    forming = {
        row["coating"]
        for row in built[2]
        if row["neighbour"] == "Li6PS5Cl" and any(unwanted.includes(product) for product in row["products"])
    }
    answer = atlas.ask(electrolytes=["Li6PS5Cl"], without_products=names)
    assert forming
    assert set(found(answer)) == {row["coating"] for row in built[2]} - forming
    assert answer.n_found == len(answer.ranking) > 0


def test_thresholds_and_criteria(atlas):
    passing = atlas.ask(cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"], passing=True, thresholds={"oxidation": 3.0})
    values = {one.coating: one.quantities for one in atlas.ask(cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"]).ranking}
    limits = {one.quantity: one for one in default_criteria()}
    limits["oxidation_limit_v"] = limits["oxidation_limit_v"].model_copy(update={"at_least": 3.0})

    def compared(quantities):
        return {**quantities, "oxidation_limit_v": quantities["oxidation_limit_v"] or 99.0}

    expected = {name for name, q in values.items() if all(one.judge(compared(q)) for one in limits.values())}
    assert set(found(passing)) == expected
    assert 0 < len(expected) < len(values)
    cheap = atlas.ask(thresholds={"raw_material_cost_usd_per_kg": 5.0})
    assert cheap.ranking
    assert all(one.quantities["raw_material_cost_usd_per_kg"] <= 5.0 for one in cheap.ranking)
    assert [one.name for one in cheap.criteria] == ["raw_material_cost_usd_per_kg"]


def test_any_quantity_ranks_the_better_way_up(atlas):
    cost = [
        one.quantities["raw_material_cost_usd_per_kg"] for one in atlas.ask(sort="raw_material_cost_usd_per_kg").ranking
    ]
    assert cost == sorted(cost)
    limits = [one.quantities["oxidation_limit_v"] for one in atlas.ask(sort="oxidation_limit_v").ranking]
    never = [limit is None for limit in limits]
    assert never == sorted(never, reverse=True)  # what is never oxidised is best
    there = [limit for limit in limits if limit is not None]
    assert there == sorted(there, reverse=True)


def test_a_quantity_of_another_package(atlas, monkeypatch):
    """It is read of the registry, so it needs no place in the file."""
    share = Quantity(
        "lithium_share",
        "Li share",
        "higher",
        "share of its atoms",
        lambda one: parse_formula(one.formula).get("Li", 0.0),
    )
    known = {**quantities.registered(), share.name: share}
    monkeypatch.setattr(quantities, "registered", lambda: known)
    quantities.quantity.cache_clear()
    try:
        shares = [one.quantities["lithium_share"] for one in atlas.ask(sort="lithium_share").ranking]
    finally:
        quantities.quantity.cache_clear()
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_the_top_and_how_many_there_are(atlas):
    everything, few = atlas.ask(), atlas.ask(top=3)
    assert [one.coating for one in few.ranking] == [one.coating for one in everything.ranking[:3]]
    assert few.n_found == everything.n_found == len(everything.ranking)


def test_a_selection_of_nothing_is_empty(atlas):
    answer = atlas.ask(elements=["Li"], classes=["boride"])
    assert (answer.n_found, answer.ranking) == (0, [])


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"cathodes": ["LiCoO"]}, r"^the atlas has no cathode 'LiCoO' \(did you mean LiCoO2\?\)$"),
        ({"electrolytes": ["Li3YCl6"]}, r"^the atlas has no electrolyte 'Li3YCl6'"),
        ({"cathodes": ["LiCoO2"], "states": ["hafl"]}, r"has the state 'hafl' \(did you mean half\?\)$"),
        ({"voltages_v": [3.0]}, r"^the atlas has no contacts at 3 V; its voltages are 2\.9, 4\.3$"),
        ({"voltages_v": [], "closed": False}, r"^neither closed contacts nor a voltage is asked for$"),
        ({"elements": ["Xx"]}, r"^no element 'Xx'"),
        ({"classes": ["oxid"]}, r"^the question to the atlas: classes"),
        ({"without_products": ["sulfat"]}, r"^'sulfat' is no class of products and no formula"),
        ({"sort": "cheapness"}, r"^no quantity 'cheapness'"),
        ({"sort": "mutual_cathode_empty_mev_per_atom"}, r"^mutual_cathode_empty_.* is none of the contacts"),
        ({"thresholds": {"oxidaton": 4.0}}, r"^no criterion or quantity 'oxidaton'"),
        ({"tops": 3}, r"^the question to the atlas: "),
    ],
)  # fmt: skip
def test_what_is_refused(atlas, asked, reason):
    with pytest.raises(InputError, match=reason):
        atlas.ask(**asked)


def test_potentials_are_called_as_in_a_screening():
    assert [potential_name(v) for v in (2.9, 3.6, 4.3)] == ["discharged", "3_6V", "charged"]
