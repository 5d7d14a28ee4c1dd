"""The files of a reproduction are complete at any moment and name each other."""

import threading

import orjson
import pytest
from fixtures_reproduction import CATALOGUE
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.validation.reproduction.files import check_folder, write_reproduction
from screening.validation.reproduction.page import page
from screening.validation.reproduction.papers import find_paper, packaged_papers
from screening.validation.reproduction.reproduce import reproduce
from screening.validation.reproduction.reproduction_documents import ReproductionDocument


def test_files_are_written_and_name_each_other(tmp_path):
    document = reproduce(synthetic(), CATALOGUE, [find_paper(packaged_papers(), "Zhao")])
    paths = write_reproduction(document, tmp_path, "reproduction")
    assert [path.name for path in paths] == ["reproduction.json", "reproduction.md", "000-fig7.png"]
    assert ReproductionDocument.model_validate(orjson.loads(paths[0].read_bytes())) == document
    assert paths[1].read_text() == page(document)
    assert not list(tmp_path.glob("*.part"))


def test_files_written_at_once_are_all_of_one_writer(tmp_path):
    papers = [paper for paper in packaged_papers() if not paper.figures][:1]
    documents = [
        reproduce(synthetic(), CATALOGUE, [paper.model_copy(update={"about": about})])
        for paper in papers
        for about in ("one" * 5000, "two" * 5000)
    ]
    threads = [
        threading.Thread(target=lambda d=d: [write_reproduction(d, tmp_path, "both") for _ in range(20)])
        for d in documents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    about = orjson.loads((tmp_path / "both.json").read_bytes())["papers"][0]["about"]
    assert about in ("one" * 5000, "two" * 5000)
    assert f"{about[0].upper()}{about[1:]}." in (tmp_path / "both.md").read_text()
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing_half(tmp_path):
    document = reproduce(synthetic(), CATALOGUE, [find_paper(packaged_papers(), "003")])
    (tmp_path / "reproduction.md").mkdir()
    with pytest.raises(InputError, match=r"reproduction\.md cannot be written"):
        write_reproduction(document, tmp_path, "reproduction")
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_written_to_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"--output .*file: no file can be written there: "):
        check_folder(tmp_path / "file")
    with pytest.raises(InputError, match="no file can be written there"):
        check_folder(tmp_path / "file" / "below")
    check_folder(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
