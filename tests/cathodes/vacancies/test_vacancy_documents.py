"""Documents of oxygen vacancies: numbers by lithium vacancies, and files that are none."""

import json

import pytest
from fixtures_reproduction import vacancies_of
from fixtures_screening import synthetic

from screening.cathodes.vacancies.vacancy_documents import packaged_vacancies, read_vacancies
from screening.common.errors import InputError


def test_energies_are_found_by_the_number_of_lithium_vacancies():
    document = vacancies_of(synthetic(), {0: 2.0, 12: 1.0}, {0: 1.3, 12: None})("NMC532")
    assert document.energies_ev == {0: 2.0, 12: 1.0}
    assert document.energies_without_correction_ev == {0: 1.3, 12: None}
    assert document.energy_ev(12) == 1.0
    with pytest.raises(InputError, match="NMC532: computed are 0, 12 lithium vacancies, not 6"):
        document.energy_ev(6)


def test_a_cathode_that_is_not_packaged_names_those_that_are_and_the_command():
    with pytest.raises(InputError) as raised:
        packaged_vacancies("NMC523")
    said = str(raised.value)
    assert "no oxygen vacancies of 'NMC523' are packaged (there are: NMC532) (did you mean NMC532?)" in said
    assert said.endswith("coatscreen energies vacancies NMC523")


def test_a_file_that_is_none_is_named_with_the_field(tmp_path):
    path = tmp_path / "found.json"
    with pytest.raises(InputError, match=r"found\.json cannot be read: No such file"):
        read_vacancies(path)
    packaged = json.loads(packaged_vacancies("NMC532").model_dump_json())
    path.write_text(json.dumps(packaged))
    assert read_vacancies(path) == packaged_vacancies("NMC532")
    packaged["states"][1]["lithium_vacancies"] = "many"
    path.write_text(json.dumps(packaged))
    with pytest.raises(InputError, match=r"no result of oxygen vacancies: states\.1\.lithium_vacancies"):
        read_vacancies(path)
