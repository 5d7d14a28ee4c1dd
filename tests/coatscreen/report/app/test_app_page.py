"""The page for any interface as a file: all is in it, small enough to be sent, and it says where it comes from."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re

import numpy as np
import pytest
from fixtures_screening import energies_file, synthetic

from coatscreen.__main__ import execute
from coatscreen.report.app.packed_phases import ENERGY_UNIT, packed_phases

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    assert execute(["report", "--app", str(folder / "app.html"), "--energies", energies_file(folder)]) == 0
    return (folder / "app.html").read_text(encoding="utf-8")


def test_nothing_is_loaded_and_the_one_script_is_named(html):
    assert not re.search(r"\b(src|href|action)=", html.partition("<script")[0])
    assert "url(" not in html
    script = html.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'" in html
    assert html.count("<script") == html.count("</script") == 3


def test_it_says_which_energies(html):
    phases = synthetic()
    assert phases.sha256 in html
    assert f"version {phases.scale.version}" in html
    assert "How far they are off is not known to this page." in html
    [data] = re.findall(r'id="data">(.*?)</script>', html)
    assert json.loads(gzip.decompress(base64.b64decode(data)))["energies"]["sha256"] == phases.sha256


def test_the_packaged_energies_with_their_error(tmp_path, reference):
    file = tmp_path / "app.html"
    assert execute(["report", "--app", str(file)]) == 0
    html = file.read_text(encoding="utf-8")
    assert "Formation energies differ by 25 meV/atom on average from Materials Project entries" in html
    assert reference.sha256 in html
    assert len(html) < 1e6


def test_the_phases_are_packed_whole(reference):
    layout, content = packed_phases(reference)

    def column(name, kind):
        start, stop = layout.columns[name]
        raw = np.frombuffer(content[start:stop], dtype=np.uint8)
        return np.ascontiguousarray(raw.reshape(np.dtype(kind).itemsize, -1).T).view(kind).ravel()

    start, stop = layout.columns["ids"]
    ids = content[start:stop].decode().split("\n")
    places = reference.table.positions_of(ids)
    lowest = column("lowest", "u1").astype(bool)
    assert set(np.array(places)[~lowest]) <= set(reference.cells)
    assert lowest.sum() == len(reference.lowest_among(np.arange(len(reference))))
    assert column("energies", "<i4") / ENERGY_UNIT == pytest.approx(reference.energies[places], abs=0.51 / ENERGY_UNIT)
    taken = reference.table.take(np.array(places))
    assert (column("amounts", "<f8") == taken.amounts).all()
    held = [symbol for i in range(100) for symbol in taken.composition(i)]
    assert [layout.symbols[k] for k in column("numbers", "u1")[: len(held)]] == held


def test_bad_requests_are_one_line(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    page = tmp_path / "page.html"
    for arguments, told in [
        (("--app", tmp_path), "is a folder"),
        (("--app", tmp_path / "file" / "page.html"), "no folder"),
        (("--app", page, "--output", page), "--app is of the energies, not of a ranking"),
        (("--app", page, "--cathode", "NCM83"), "--app is of the energies, not of a ranking"),
        (("--app", page, "--energies", "mp"), "fetched by chemical system"),
        (("--app", page, "--energies", "nothing"), "unknown energies 'nothing'"),
        ((), "--output for the rankings, or --app"),
    ]:
        capsys.readouterr()
        assert execute(["report", *map(str, arguments)]) == 2, arguments
        out, err = capsys.readouterr()
        assert out == ""
        assert told in err
        assert err.count("\n") == 1
    assert not page.exists()
