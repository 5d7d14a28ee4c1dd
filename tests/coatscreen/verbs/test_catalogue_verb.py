"""What ``coatscreen catalogue`` prints."""

from __future__ import annotations

import json

import pytest

from coatscreen.__main__ import execute
from screening.criteria.quantities import registered
from screening.materials.catalogue import Catalogue


def test_every_entry_is_listed(capsys):
    assert execute(["catalogue", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["materials"]
    assert [entry["name"] for entry in listed] == [entry.name for entry in Catalogue.load().entries]
    (lithium_iron,) = (entry for entry in listed if "LFP" in entry["aliases"])
    assert (lithium_iron["role"], lithium_iron["formula"]) == ("cathode", "LiFePO4")
    assert execute(["catalogue", "list", "--role", "anode"]) == 0
    printed = capsys.readouterr().out
    assert "graphite" in printed
    assert "NCM83" not in printed


def test_a_name_of_two_materials_shows_both_with_their_sources(capsys):
    assert execute(["catalogue", "show", "latp"]) == 0
    printed = capsys.readouterr().out
    assert "Li1.3Al0.3Ti1.7(PO4)3: coating" in printed
    assert "Li1.3Al0.3Ti1.7(PO4)3: electrolyte" in printed
    cited = "doi 10.1016/j.ssi.2014.07.018, as tabulated in the Liverpool Ionics Dataset"
    assert f"{cited} (not read there for this table)" in printed


def test_states_of_a_cathode(capsys):
    assert execute(["catalogue", "show", "NCM83"]) == 0
    printed = capsys.readouterr().out
    assert "half: Li0.5Ni0.83Co0.12Mn0.05O2" in printed
    assert "charged: contacts opened to lithium at 4.3 V" in printed
    assert execute(["catalogue", "show", "LNMO"]) == 0
    assert "published, 1 to 0 Li: 4.7 V, measured; plateau; Zhong et al." in capsys.readouterr().out


def test_all_quantities(capsys):
    assert execute(["catalogue", "list", "--quantities", "--json"]) == 0
    assert [q["name"] for q in json.loads(capsys.readouterr().out)["quantities"]] == list(registered())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "NCM38"], "the catalogue has no 'NCM38' (did you mean NCM83?)"),
        (["show", "LLZx"], "the catalogue has no 'LLZx'\n"),
        (
            ["list", "--role", "anod"],
            "there are coating, electrolyte, cathode, anode (did you mean anode?)",
        ),
        (["list", "--quantities", "--role", "anode"], "--quantities takes no --role"),
    ],
)
def test_refused(capsys, arguments, message):
    assert execute(["catalogue", *arguments]) == 2
    assert message in capsys.readouterr().err
