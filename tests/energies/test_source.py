"""Energies by name and by file."""

from __future__ import annotations

import sys

import pytest
from fixtures_screening import FORMATION, energies_file, phase_set, synthetic

from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, PACKAGED_MODEL, document_path, read_packaged
from screening.energies.source import is_packaged, open_energies
from screening.phases.phase_set import PhaseSet


def test_file(tmp_path):
    assert open_energies(energies_file(tmp_path)) == synthetic()


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_round_trip(tmp_path, suffix):
    path = tmp_path / f"energies{suffix}"
    synthetic().to_file(path)
    back = open_energies(str(path))
    assert back.phases == synthetic().phases
    assert back.scale == synthetic().scale


def test_packaged_energies_are_opened_by_name():
    assert open_energies("reference") == PhaseSet.reference()


def test_a_folder_with_tables_is_opened(tmp_path):
    for path in PACKAGED.glob(f"{PACKAGED_MODEL}.*"):
        (tmp_path / path.name).symlink_to(path)
    assert open_energies(f"{tmp_path}~all") == read_packaged(PACKAGED)
    assert open_energies(f"{tmp_path}:{PACKAGED_MODEL}~all") == read_packaged(PACKAGED)
    whole = open_energies("reference~all")
    assert len(whole) == len(read_packaged(PACKAGED)) + len(whole.cells)
    with pytest.raises(
        InputError, match=r"'.*:chgnet-0\.3\.1' \(did you mean chgnet-0\.3\.0\?\): the folder holds tables of chgnet-0"
    ):
        open_energies(f"{tmp_path}:chgnet-0.3.1")
    (tmp_path / "chgnet-r2scan.json").write_text("{}")
    with pytest.raises(InputError, match=r"holds tables of chgnet-0\.3\.0, chgnet-r2scan: write .*:chgnet-0\.3\.0"):
        open_energies(str(tmp_path))
    assert open_energies(f"{tmp_path}:{PACKAGED_MODEL}~all") == read_packaged(PACKAGED)


@pytest.mark.skipif(not document_path(PACKAGED, "chgnet-r2scan").exists(), reason="the r2SCAN table is not packaged")
def test_the_two_packaged_tables_are_two_scales():
    assert "r2SCAN" in open_energies("reference:r2scan").scale.functional
    with pytest.raises(InputError, match="two scales: the functional of"):
        open_energies("reference+reference:r2scan")


def test_a_file_written_again_is_read_again(tmp_path):
    path = tmp_path / "energies.json"
    synthetic().to_file(path)
    first = open_energies(str(path))
    phase_set({**FORMATION, "LiNbO3": -2.9}).to_file(path)
    second = open_energies(str(path))
    assert first != second
    assert open_energies(str(path)) is second


def test_content_that_changed_since_is_refused(tmp_path):
    path = energies_file(tmp_path)
    assert open_energies(path, synthetic().sha256) == synthetic()
    phase_set({**FORMATION, "LiNbO3": -2.9}).to_file(path)
    with pytest.raises(InputError, match="have changed since this work was planned"):
        open_energies(path, synthetic().sha256)


@pytest.mark.parametrize("source", ["refernce", "/nowhere/energies.json", "", ".", "a" * 5000, ":", "a\0b"])
def test_no_such_source(source):
    with pytest.raises(InputError, match=r"neither 'reference', 'reference:r2scan', .*'mp' nor a file nor a folder"):
        open_energies(source)


def test_a_slip_of_the_pen_is_guessed():
    with pytest.raises(InputError, match=r"^unknown energies 'refernce' \(did you mean reference\?\): "):
        open_energies("refernce")


def test_truncated_file(tmp_path):
    whole = tmp_path / "energies.json.gz"
    synthetic().to_file(whole)
    for size in (1, 10, 500, len(whole.read_bytes()) - 1):
        cut = tmp_path / f"cut-{size}.json.gz"
        cut.write_bytes(whole.read_bytes()[:size])
        with pytest.raises(InputError, match=f"cut-{size}"):
            open_energies(str(cut))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"LiNbO3,-2.8\n", b"\x00\x01\x02", b"\xff\xfe{", b'{"scale": 1, "phases": 2}'],
)
def test_a_file_of_something_else(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_energies(str(path))
    assert len(str(caught.value).splitlines()) == 1


def test_a_flipped_byte_is_named(tmp_path):
    whole = tmp_path / "energies.json.gz"
    synthetic().to_file(whole)
    sound = whole.read_bytes()
    for place in range(20, len(sound), len(sound) // 40):
        whole.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        with pytest.raises(InputError) as caught:
            PhaseSet.from_file(whole)
        assert len(str(caught.value).splitlines()) == 1


def test_an_edited_file_does_not_match_its_hash(tmp_path):
    path = tmp_path / "energies.json"
    synthetic().to_file(path)
    text = path.read_text()
    edited = text.replace("syn-LiNbO3", "syn-other", 1)
    assert edited != text
    path.write_text(edited)
    with pytest.raises(InputError, match="do not match their hash"):
        open_energies(str(path))


def test_without_the_extra_of_the_materials_project(tmp_path, monkeypatch):
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "mp_api.client", None)  # as if not installed
    monkeypatch.delitem(sys.modules, "screening.energies.sources.materials_project_client", raising=False)
    with pytest.raises(InputError, match=r"need the extra mp: python -m pip install 'coatscreen\[mp\]'"):
        open_energies("mp", systems=[{"Li", "O"}])


@pytest.mark.parametrize("source", ["reference", "reference:sevennet", "reference:measured", "reference~all"])
def test_what_is_packaged(source):
    assert is_packaged(source)


@pytest.mark.parametrize(
    "source", ["mp", "my/reference", "reference+mine.json", "reference:nothing", "/etc/passwd", ""]
)
def test_what_is_not_packaged(source):
    assert not is_packaged(source)
