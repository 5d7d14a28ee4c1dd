"""Filters that users ask with: nothing but comparisons, neither too deep nor too long."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from screening import CoatingDatabase
from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.database.queries.filters import DEEPEST, MOST_CONDITIONS, MOST_VALUES, check_filter
from screening.database.queries.operators import OPERATORS
from screening.database.queries.patterns import LONGEST_PATTERN, compiled


def within(filter, depth):
    for _ in range(depth):
        filter = {"$and": [filter]}
    return filter


ESCAPE = (
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__=='_wrap_close'][0]"
    ".__init__.__globals__['system']('touch {file}') == 0"
)
REFUSED = [
    ({"$where": "1/0"}, r"\$where computes"),
    ({"$or": [{"n": 1}, {"$nor": [{"$where": "1/0"}]}]}, r"\$where computes"),
    ({"l": {"$elemMatch": {"$where": "1/0"}}}, r"\$where computes"),
    ({"n": {"$not": {"$where": "1/0"}}}, r"\$where computes"),
    ({"$expr": {"$gt": ["$n", 1]}}, r"\$expr computes"),
    ({"$expr": {"$function": {"body": "1", "args": [], "lang": "js"}}}, r"\$expr computes"),
    ({"$function": {"body": "1"}}, r"\$function computes"),
    ({"n": {"$accumulator": {}}}, r"\$accumulator computes"),
    ({"$jsonSchema": {}}, r"'\$jsonSchema' is no operator"),
    ({"$text": {"$search": "Li"}}, r"'\$text' is no operator"),
    ({"$comment": "hello"}, r"'\$comment' is no operator"),
    ({"d": {"$geoWithin": {}}}, r"'\$geoWithin' is no operator"),
    ({"n": {"$lge": 1}}, r"'\$lge' is no operator here \(did you mean \$"),
    ({"n": {"x": {"$gt": 1}}}, "an operator stands inside a value"),
    ({"n": {"$in": [{"$gt": 1}]}}, "an operator stands inside a value"),
    ({"n": {"$gt": 1, "x": 2}}, "'x' is no operator"),
    ({"a.$where": 1}, "no name of a field"),
    ({"": 1}, "no operator"),
    ({"$and": []}, "needs a list of filters"),
    ({"$or": 3}, "needs a list of filters"),
    ({"$and": [3]}, "conditions are an object"),
    ({"n": {"$in": 3}}, r"\$in needs a list"),
    ({"n": {"$gt": None}}, r"\$gt needs a number or a text"),
    ({"n": {"$size": -1}}, r"\$size needs a whole number"),
    ({"n": {"$size": 1e999}}, "inf is no number of JSON"),
    ({"n": {"$mod": [0, 1]}}, r"\$mod needs two whole numbers"),
    ({"n": {"$type": "javascript"}}, r"\$type needs one of"),
    ({"n": {"$exists": 2}}, r"\$exists needs true or false"),
    ({"n": {"$options": "i"}}, r"\$options needs \$regex"),
    ({"n": {"$not": 3}}, r"\$not needs conditions"),
    ({"n": {"$elemMatch": {}}}, r"\$elemMatch needs a filter"),
    ({"n": float("nan")}, "nan is no number of JSON"),
    ({"n": 2**64}, "too large a number"),
    ({"n": "\ud800"}, "is no text"),
    ({"n\0": 1}, "null character"),
    ({"n": compiled("a")}, "no value of JSON"),
    ({"n": {"$in": list(range(300_000))}}, f"more than {MOST_VALUES} values"),
    ({str(number): 1 for number in range(MOST_CONDITIONS + 1)}, f"more than {MOST_CONDITIONS} conditions"),
    ([], "conditions are an object"),
]


@pytest.mark.parametrize(("filter", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_is_no_comparison_is_refused_by_name(filter, reason):
    with pytest.raises(InputError, match=f"^not a filter: .*{reason}") as caught:
        check_filter(filter)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("depth", [DEEPEST, 300, 100_000])
def test_a_deep_filter_is_refused_before_it_exhausts_the_stack(depth):
    with pytest.raises(InputError, match=f"more than {DEEPEST} levels deep"):
        check_filter(within({"n": 1}, depth))


def test_no_filter_runs_code(tmp_path):
    """By whatever way it comes in; the first of these wrote the file."""
    file = tmp_path / "written"
    filter = {"$where": ESCAPE.format(file=file)}
    with StoreLocation(tmp_path).open("coatings") as store:
        store.update({"key": "a", "coating": "LiF"})
        for call in (store.query_one, store.count, store.remove_docs, lambda f: store.distinct("key", f)):
            with pytest.raises(InputError, match="not a filter"):
                call(filter)
        assert store.count() == 1
    with CoatingDatabase.open(tmp_path) as database, pytest.raises(InputError, match="not a filter"):
        database.search(filter=filter)
    for text, reason in ((json.dumps(filter), "$where computes"), ("[" * 100_000, "too deeply nested")):
        command = ["query", "--store", str(tmp_path), "--filter", text]
        ran = subprocess.run([sys.executable, "-m", "coatscreen", *command], capture_output=True, text=True)
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
        assert reason in ran.stderr
    assert not file.exists()


def test_the_page_names_every_operator_and_limit():
    page = (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")
    assert [name for name in OPERATORS if f"`{name}`" not in page] == []
    limits = (DEEPEST, MOST_CONDITIONS, MOST_VALUES, LONGEST_PATTERN)
    assert [limit for limit in limits if not re.search(rf"\b{limit:,}\b", page)] == []
