"""The contacts of an atlas against one interface at a time; its file; and parts that are damaged."""

import hashlib
import math
import random
from pathlib import Path

import numpy as np
import pytest
from fixtures_atlas import small_atlas, small_plan

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

import pyarrow as pa
import pyarrow.parquet as pq

from screening.atlas.atlas import Atlas
from screening.atlas.columns import NUMBERS, AtlasFile
from screening.atlas.parts import coating_columns, merge_parts, write_part
from screening.common.errors import CalculationError, InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir

HALF_UEV, HALF_SHARE = 6e-7, 6e-6  # what rounding to 1e-6 eV and 1e-5 leaves, as single precision


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    plan = small_plan(folder)
    return plan, small_atlas(folder, plan)


def test_contacts_drawn_at_random_are_those_of_an_interface(built, monkeypatch):
    """Against the numpy core, one at a time: both minima, where they are, the self parts and the products."""
    monkeypatch.setenv("COATSCREEN_CORE", "numpy")
    plan, document = built
    phases, rows = plan.energies.open(), pq.read_table(document.file).to_pylist()
    assert len(rows) == plan.n_contacts == document.n_contacts
    by_label = {(one.name, one.state): one.reactant for one in plan.neighbours}
    reacting = 0
    for row in random.Random(0).sample(rows, 200):
        reservoir = None if row["voltage_v"] is None else Reservoir.lithium_voltage(row["voltage_v"])
        interface = Interface(phases, row["coating"], by_label[row["neighbour"], row["state"]], reservoir)
        profile = interface.profile()
        lowest = profile.lowest_mutual
        energies = (profile.mutual.min(), profile.total.min(), profile.self_a, profile.self_b)
        there = [row[name] for name in (NUMBERS[0], NUMBERS[2], NUMBERS[4], NUMBERS[5])]
        assert there == pytest.approx(energies, abs=HALF_UEV)
        shares = (profile.x[lowest], profile.x[profile.lowest_total])
        assert [row[NUMBERS[1]], row[NUMBERS[3]]] == pytest.approx(shares, abs=HALF_SHARE)
        products = dict(zip(row["products"], row["product_shares"], strict=True))
        if profile.mutual.min() < 0.0:
            expected = {phases.formula(i): amount for i, amount in profile.line.mixture(lowest).amounts.items()}
            assert products == pytest.approx(expected, abs=HALF_SHARE)
            reacting += 1
        else:
            assert products == {}
    assert reacting > 100


def test_the_bare_contacts(built):
    plan, document = built
    phases = plan.energies.open()
    with AtlasFile(document.file) as atlas:
        bare = atlas.header.bare
    assert len(bare) == 4 * 2 * 3
    for one in bare[:6]:
        reservoir = None if one.voltage_v is None else Reservoir.lithium_voltage(one.voltage_v)
        cathode = next(n.reactant for n in plan.neighbours if (n.name, n.state) == (one.cathode, one.state))
        mutual = Interface(phases, cathode, one.electrolyte, reservoir).profile().mutual.min()
        assert one.mutual_mev_per_closed_atom == pytest.approx(1000.0 * mutual, abs=2e-6)


def test_what_is_known_of_a_coating_alone(built):
    plan, document = built
    phases = plan.energies.open()
    with AtlasFile(document.file) as atlas:
        columns = atlas.header.coatings
    assert columns.coating == list(plan.coatings)
    for name in ("LiNbO3", "HfO2", "Li2SO4"):
        k = columns.coating.index(name)
        window, stability = electrochemical_window(phases, name), phase_stability(phases, name)
        assert columns.reduction_limit_v[k] == pytest.approx(window.reduction_limit_v, abs=1e-8)
        assert columns.oxidation_limit_v[k] == pytest.approx(window.oxidation_limit_v, abs=1e-8)
        above = columns.energy_above_hull_mev_per_atom[k]
        assert above == pytest.approx(1000.0 * stability.energy_above_hull_ev_per_atom, abs=1e-5)
        assert columns.source_id[k] == f"syn-{name}"
    assert columns.oxidation_limit_v[columns.coating.index("HfO2")] is None


def test_a_window_that_cannot_be_computed_leaves_the_others():
    from fixtures_screening import synthetic

    columns = coating_columns(synthetic(), ["LiNbO3", "Li", "HfO2"])
    assert columns.reduction_limit_v[1] is None
    assert None not in (columns.reduction_limit_v[0], columns.reduction_limit_v[2], columns.oxidation_limit_v[0])


def test_the_parts_do_not_matter(built, tmp_path):
    """The same rows in one part and in many."""
    plan, document = built
    whole = small_atlas(tmp_path, plan, batch=1000)
    one, other = (pq.read_table(each.file).to_pylist() for each in (document, whole))
    assert one == other
    assert document.model_dump(exclude={"file", "sha256", "n_bytes", "bytes_per_contact"}) == whole.model_dump(
        exclude={"file", "sha256", "n_bytes", "bytes_per_contact"}
    )


def test_the_same_file_again(tmp_path):
    first = small_atlas(tmp_path)
    assert small_atlas(tmp_path).sha256 == first.sha256


@pytest.mark.parametrize("damage", ["removed", "cut", "another byte"])
def test_a_part_that_is_not_as_it_was_written_is_computed_again(built, tmp_path, damage):
    plan, document = built
    common = (plan.energies, plan.neighbours, plan.voltages_v)
    parts = [write_part(*common, plan.coatings[k : k + 30], str(tmp_path)) for k in range(0, len(plan.coatings), 30)]
    file = Path(parts[0].file)
    content = file.read_bytes()
    if damage == "removed":
        file.unlink()
    else:
        file.write_bytes(
            content[:-100] if damage == "cut" else content[:999] + bytes([content[999] ^ 1]) + content[1000:]
        )
    merged = merge_parts(*common, {}, parts, str(tmp_path / "atlas.parquet"))
    assert pq.read_table(merged.file).to_pylist() == pq.read_table(document.file).to_pylist()
    assert file.read_bytes() == content


def test_parts_of_another_atlas_are_refused(built, tmp_path):
    plan, _ = built
    part = write_part(plan.energies, plan.neighbours, [2.9], plan.coatings[:3], str(tmp_path))
    with pytest.raises(CalculationError, match=r"parquet is a part of another atlas$"):
        merge_parts(plan.energies, plan.neighbours, [4.3], {}, [part], str(tmp_path / "atlas.parquet"))
    with pytest.raises(CalculationError, match=r"^two parts of the atlas hold the same coating$"):
        merge_parts(plan.energies, plan.neighbours, [2.9], {}, [part, part], str(tmp_path / "atlas.parquet"))
    assert not (tmp_path / "atlas.parquet").exists()


def test_files_that_are_no_atlas(built, tmp_path):
    _, document = built
    content = Path(document.file).read_bytes()
    file = tmp_path / "some.parquet"
    with pytest.raises(
        InputError, match=r"^the atlas .*some\.parquet does not exist: coatscreen atlas build makes one$"
    ):
        Atlas(file)
    for cut in (0, 3, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:cut])
        with pytest.raises(InputError, match=r"some\.parquet is no atlas, or was only half written: "):
            Atlas(file)
    pq.write_table(pa.table({"coating": ["LiNbO3"]}), file)
    with pytest.raises(InputError, match=r"some\.parquet is a Parquet file, but no atlas$"):
        Atlas(file)
    header = pq.read_metadata(document.file).metadata[b"coatscreen"]
    table = pa.table({"coating": ["LiNbO3"]})

    def write(text):
        hashed = hashlib.sha256(text).hexdigest()
        pq.write_table(table.replace_schema_metadata({b"coatscreen": text, b"coatscreen_sha256": hashed}), file)

    write(header)
    with pytest.raises(InputError, match=r"does not hold the contacts that its header names$"):
        Atlas(file)
    write(header.replace(b"coatscreen atlas 1", b"coatscreen atlas 0"))
    with pytest.raises(InputError, match=r"is no atlas of this version of coatscreen: form"):
        Atlas(file)


def test_a_digit_that_has_changed_in_the_header_is_noticed(built, tmp_path):
    _, document = built
    content = Path(document.file).read_bytes()
    file = tmp_path / "changed.parquet"
    assert content.count(b'"oxidation_limit_v":[') == 1
    at = content.index(b'"oxidation_limit_v":[') + len(b'"oxidation_limit_v":[')
    place = next(k for k in range(at, len(content)) if chr(content[k]).isdigit())
    file.write_bytes(content[:place] + b"%d" % ((int(chr(content[place])) + 1) % 10) + content[place + 1 :])
    with pytest.raises(InputError, match=r"changed\.parquet is damaged: its header is not as it was written$"):
        Atlas(file)


def test_bytes_that_have_changed_anywhere_are_noticed_or_do_no_harm(built, tmp_path):
    _, document = built
    content, drawn = Path(document.file).read_bytes(), random.Random(1)
    file = tmp_path / "changed.parquet"
    with Atlas(document.file) as atlas:
        question = {"cathodes": ["*"], "electrolytes": ["*"], "without_products": ["conducting"]}
        expected = atlas.ask(**question)
    refused = 0
    for _ in range(100):
        changed = bytearray(content)
        for _ in range(3):
            changed[drawn.randrange(len(changed))] = drawn.randrange(256)
        file.write_bytes(changed)
        try:
            with Atlas(file) as atlas:
                assert atlas.ask(**question) == expected
        except InputError:
            refused += 1
    assert refused > 80


def test_a_byte_that_has_changed_is_noticed_where_it_is_read(built, tmp_path):
    """Every page carries a checksum."""
    _, document = built
    content = bytearray(Path(document.file).read_bytes())
    column = pq.read_metadata(document.file).row_group(0).column(4)
    assert column.path_in_schema == NUMBERS[0]
    content[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    file = tmp_path / "changed.parquet"
    file.write_bytes(content)
    with Atlas(file) as atlas, pytest.raises(InputError, match=r"^the atlas .*changed\.parquet is damaged: "):
        atlas.ask(cathodes=["LiCoO2"])


def test_contacts_that_cannot_be_computed_are_counted_and_named(built, tmp_path):
    """A reservoir of lithium leaves nothing of lithium itself."""
    plan, _ = built
    part = write_part(plan.energies, plan.neighbours[:1], [2.9], ["LiNbO3", "Li"], str(tmp_path))
    with AtlasFile(part.file) as atlas:
        assert atlas.header.n_missing == 1
        assert list(atlas.header.missing) == ["Li|LiCoO2 full 2.9 V"]
        energies = atlas.numbers(0, NUMBERS[0])
    assert np.isnan(energies).tolist() == [[False, False], [False, True]]
    assert not math.isnan(energies[1, 0])
