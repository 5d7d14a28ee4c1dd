"""What was published, as data."""

import re

import pytest
import yaml
from pydantic import ValidationError

from screening.common.errors import InputError
from screening.heat.oxygen.product_classes import product_class
from screening.materials.catalogue import Catalogue
from screening.validation.reproduction.claims import Products
from screening.validation.reproduction.corrections import schemes
from screening.validation.reproduction.papers import (
    PublishedReaction,
    find_paper,
    packaged_papers,
    read_papers,
)
from screening.validation.reproduction.study import elements_of

# every number that the five papers compute or cite from a calculation, as printed in them
COMPUTED = {
    "000": [-359, -467, -1178, -49, -164, 3.66],
    "002": [-4, 0, -123],
    "004": [-380, -80, 1.7, 2.1, 2.05, 0.981],
}
# every other number of theirs that says what was made, at what temperature, and over which voltages
SAID = {
    "000": ["10 nm", "350 C", "Ni0.83Co0.12Mn0.05"],
    "001": ["11 nm", "400 C", "0.83 wt%", "Ni0.85Co0.10Mn0.05", "1.5Li2S-0.5P2S5-LiI", "2.9 to 4.3 V", "75 to 80 %"],
    "002": ["15 nm", "300 C", "Ni0.6Co0.2Mn0.2"],
    "003": ["1 wt%", "25 to 700 C", "79/21 N2/O2", "300 to 400 C", "180 C", "about 300 C", "320 C"],
    "004": ["10 nm", "450 C", "Ni0.5Mn0.3Co0.2", "2.5 to 4.4 V", "120-atom", "5x2x1", "30 orderings", "12 of the 30"],
}


def paper(key):
    return find_paper(packaged_papers(), key)


def test_there_are_the_five_papers():
    assert [found.key for found in packaged_papers()] == ["000", "001", "002", "003", "004"]


@pytest.mark.parametrize("key", COMPUTED)
def test_every_computed_number_is_there(key):
    assert sorted(entry.published for entry in paper(key).quantities) == sorted(COMPUTED[key])


def test_papers_without_calculation_have_no_numbers():
    assert [found.key for found in packaged_papers() if not found.quantities] == ["001", "003"]


@pytest.mark.parametrize("key", SAID)
def test_what_else_the_paper_says_is_there(key):
    text = " ".join(yaml.dump(paper(key).model_dump(mode="json"), width=10**6).split())
    assert [number for number in SAID[key] if number not in text] == []


def test_numbers_read_in_a_transcription_name_the_paper_they_come_from():
    for found in packaged_papers():
        for entry in found.quantities:
            assert entry.verified or entry.source, entry.id


def test_every_material_is_known():
    catalogue = Catalogue.load()
    for found in packaged_papers():
        for material in found.materials:
            assert elements_of([material], catalogue), material


def test_every_class_of_products_named_exists():
    known = {
        product_class(composition, centre).name
        for composition, centre in (
            ({"Li": 2, "S": 1, "O": 4}, "S"),
            ({"Li": 3, "P": 1, "O": 4}, "P"),
        )
    }
    named = {
        name
        for found in packaged_papers()
        for claim in found.claims
        if isinstance(claim, Products)
        for name in (*claim.present, *claim.absent)
    }
    assert {name for name in named if name[0].islower()} <= known


def test_a_claim_with_a_threshold_says_where_it_comes_from():
    for found in packaged_papers():
        for claim in found.claims:
            values = claim.model_dump()
            if any(re.search(r"stable_down|least|most|_state_of_charge|from_v", key) for key in values):
                assert claim.threshold_source, claim.id


def test_corrections_are_of_published_closed_or_open_reactions():
    ids = {
        entry.id for found in packaged_papers() for entry in found.quantities if isinstance(entry, PublishedReaction)
    }
    assert set(schemes().quantities) == ids


@pytest.mark.parametrize("text", ["0", "000", "zhao", " Zhao "])
def test_a_paper_is_found_by_number_or_author(text):
    assert paper(text).key == "000"


def test_an_unknown_paper_names_the_nearest():
    with pytest.raises(InputError, match=r"unknown paper 'Zhoa' \(did you mean Zhao\?\); there are 000 \(Zhao\), 001"):
        paper("Zhoa")


def test_a_reaction_has_the_unit_of_its_ensemble():
    fields = {"id": "x", "quantity": "x", "where": "x", "verified": True, "kind": "reaction", "a": "LiF", "b": "LiCl"}
    assert PublishedReaction(**fields, published_mev_per_atom=-1).unit == "meV/atom"
    assert PublishedReaction(**fields, mu_li_ev=-3, published_mev_per_closed_atom=-1).unit == "meV/non-Li atom"
    for wrong in (
        {},
        {"published_mev_per_closed_atom": -1},
        {"mu_li_ev": -3.0, "published_mev_per_atom": -1},
        {"published_mev_per_atom": -1, "published_mev_per_closed_atom": -1},
    ):
        with pytest.raises(ValidationError, match="closed reaction has published_mev_per_atom"):
            PublishedReaction(**fields, **wrong)


def written(folder, **changed):
    data = {
        "key": "007",
        "name": "Nobody",
        "citation": "nowhere",
        "about": "nothing",
        "claims": [
            {"id": "one", "check": "vacancy_falls", "claim": "x", "where": "x", "cathode": "NMC532", "at": "the end"},
        ],
        **changed,
    }
    (folder / "007.yaml").write_text(yaml.safe_dump(data))
    return folder


def test_papers_are_read_from_a_folder(tmp_path):
    [found] = read_papers(written(tmp_path))
    assert found.claims[0].check == "vacancy_falls"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"key": "7"}, "007.yaml: key: "),
        ({"cited": 1}, "007.yaml: unknown key 'cited'"),
        ({"claims": [{"id": "one", "check": "guess", "claim": "x", "where": "x"}]}, "007.yaml: claims.0: .*'guess'"),
        ({"figures": [{"kind": "vacancies", "id": "one", "title": "x", "cathode": "y"}]}, "the id 'one' occurs twice"),
        (
            {
                "figures": [
                    {
                        "kind": "profiles",
                        "id": "two",
                        "title": "x",
                        "panels": [
                            {"title": "x", "curves": [{"label": "x", "a": "LiF", "b": "LiCl", "published": "three"}]}
                        ],
                    }
                ]
            },
            "two: no quantity 'three'",
        ),
    ],
)
def test_a_malformed_paper_is_named(tmp_path, changed, message):
    with pytest.raises(InputError, match=message):
        read_papers(written(tmp_path, **changed))


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    (tmp_path / "007.yaml").write_text("key: [")
    with pytest.raises(InputError, match=r"007\.yaml is not YAML"):
        read_papers(tmp_path)
