"""What a value of a site's configuration may be, and why another is refused."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.queue.site.fields import Environment, Folder, Line, MongoUri, Word, database_name


def refusal(kind, value):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (error,) = caught.value.errors()
    assert len(error["msg"].splitlines()) == 1
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        pytest.param(Folder, "scratch", "'scratch' is relative, which is another place in every job", id="relative"),
        pytest.param(Folder, "~/venv", "'~/venv' is relative", id="home"),
        pytest.param(Folder, "/a/../b", "'/a/../b' holds '..'", id="dots"),
        pytest.param(Folder, "/scratch/$$", "holds $$", id="FireWorks' delimiter in a path"),
        pytest.param(Environment, "/a:b", "'/a:b' holds a colon, which ends a folder in PATH", id="colon"),
        pytest.param(Line, "module load a\nrm -rf b", "holds a line break", id="two lines"),
        pytest.param(Line, "a\tb", "holds a line break, a tab", id="tab"),
        pytest.param(Line, "echo $$", "holds $$", id="FireWorks' delimiter"),
        pytest.param(Line, " ", "is empty", id="empty"),
        pytest.param(Word, "me; rm", "'me; rm' is no name a queue knows", id="two words"),
        pytest.param(Word, "", "'' is no name a queue knows", id="no word"),
        pytest.param(Word, "-x", "'-x' is no name a queue knows", id="an option"),
    ],
)
def test_what_cannot_stand_in_a_script(kind, value, reason):
    assert refusal(kind, value).startswith(reason)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        pytest.param("/home/me/coatings", "is no mongodb:// address, and an embedded database loses", id="file store"),
        pytest.param("redis://h/d", "neither a folder nor a mongodb:// address", id="another database"),
        pytest.param("mongodb://me:secret@h", "mongodb://***@h names no database", id="nameless"),
        pytest.param("mongodb://me:sec:ret@h/d", "is not an address MongoDB understands", id="not escaped"),
        pytest.param("mongodb://me:secret@h:x/d", "is not an address MongoDB understands", id="port"),
        pytest.param("mongodb://me:secret@h/d.e", "letters, digits, _ and - only", id="collection"),
        pytest.param("mongodb://me:secret@h/d e", "holds a space or a control character", id="space"),
    ],
)
def test_what_is_no_database_of_a_queue(uri, reason):
    said = refusal(MongoUri, uri)
    assert reason in said
    assert "sec" not in said


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Folder, "/scratch/it's me"), (Environment, "/opt/py 3"), (Line, "export X='a  b'"), (Word, "a.b@c:+/,-_1")],
)
def test_what_may_stand_there(kind, value):
    assert str(TypeAdapter(kind).validate_python(value)) == value


@pytest.mark.parametrize(
    "uri",
    ["mongodb://me:p%40ss%2Fword@h:27017/my-d_1?authSource=admin", "mongodb+srv://db.example.org/my-d_1"],
)
def test_an_address_with_the_name_of_a_database(uri):
    assert TypeAdapter(MongoUri).validate_python(uri) == uri
    assert database_name(uri) == "my-d_1"
