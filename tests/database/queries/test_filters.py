"""Filters: what of MongoDB's query language may be used, and that it means what it means to MongoDB."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening import CoatingDatabase
from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.database.queries.conditions import condition_of
from screening.database.queries.filters import DEEPEST, MOST_CONDITIONS, MOST_VALUES, check_filter
from screening.database.queries.operators import OPERATORS
from screening.database.queries.patterns import LONGEST_PATTERN, compiled
from screening.database.sqlite.store import SQLiteStore

DOCUMENTS = [
    {"n": 1, "t": "Li3PO4", "l": [1, 2], "d": {"x": 1.5, "y": None}},
    {"n": True, "t": "LiF", "l": [], "d": None},
    {"n": None, "t": ["LiF", "HfO2"], "l": [[1, 2], 3], "d": {"y": 2, "x": 1.5}},
    {"n": -7, "t": "lif", "l": [{"x": 1}, {"x": 5, "y": 0}], "d": [{"x": 1}, {}]},
    {"n": 2.5, "l": "text", "d": {"x": [0, 9]}},
    {"t": ""},
]
FOUND_BY_MONGODB = [  # what MongoDB 6.0.5 answered
    ({"n": 1}, [0]),
    ({"n": True}, [1]),
    ({"n": None}, [2, 5]),
    ({"n": {"$ne": None}}, [0, 1, 3, 4]),
    ({"n": {"$gt": 0}}, [0, 4]),
    ({"n": {"$not": {"$gt": 0}}}, [1, 2, 3, 5]),
    ({"n": {"$gte": "a"}}, []),
    ({"n": {"$in": [True, None]}}, [1, 2, 5]),
    ({"n": {"$nin": [1, -7]}}, [1, 2, 4, 5]),
    ({"n": {"$type": "number"}}, [0, 3, 4]),
    ({"n": {"$type": "bool"}}, [1]),
    ({"l": {"$type": "array"}}, [0, 1, 2, 3]),
    ({"l": {"$type": "number"}}, [0, 2]),
    ({"n": {"$mod": [3, -1]}}, [3]),
    ({"n": {"$mod": [2, 0]}}, [4]),
    ({"n": {"$exists": False}}, [5]),
    ({"t": "LiF"}, [1, 2]),
    ({"t": ["LiF", "HfO2"]}, [2]),
    ({"t": {"$regex": "^Li"}}, [0, 1, 2]),
    ({"t": {"$regex": "^li", "$options": "i"}}, [0, 1, 2, 3]),
    ({"t": {"$regex": "^$"}}, [5]),
    ({"t": {"$all": ["LiF", "HfO2"]}}, [2]),
    ({"t": {"$size": 2}}, [2]),
    ({"l": 1}, [0]),
    ({"l": [1, 2]}, [0, 2]),
    ({"l": {"$size": 2}}, [0, 2, 3]),
    ({"l": {"$size": 0}}, [1]),
    ({"l.0": 1}, [0]),
    ({"l.0.1": 2}, [2]),
    ({"l.x": {"$gt": 0}}, [3]),
    ({"l.x": None}, [4, 5]),
    ({"l": {"$elemMatch": {"x": {"$gt": 1}, "y": 0}}}, [3]),
    ({"l": {"$elemMatch": {"$gte": 2, "$lt": 4}}}, [0, 2]),
    ({"l": {"$elemMatch": {"y": None}}}, [2, 3]),
    ({"l": {"$gte": 2}}, [0, 2]),
    ({"d": {"x": 1.5, "y": None}}, [0]),
    ({"d": {"y": None, "x": 1.5}}, []),
    ({"d.x": 1.5}, [0, 2]),
    ({"d.y": None}, [0, 1, 3, 4, 5]),
    ({"d.y": {"$exists": True}}, [0, 2]),
    ({"d.x": {"$gt": 5}}, [4]),
    ({"d.x": {"$not": {"$gt": 5}}}, [0, 1, 2, 3, 5]),
    ({"d": None}, [1, 5]),
    ({"$or": [{"n": 1}, {"t": ""}]}, [0, 5]),
    ({"$nor": [{"n": {"$gt": 0}}, {"t": {"$exists": True}}]}, []),
    ({"$and": [{"n": {"$lt": 3}}, {"n": {"$gt": 1}}]}, [4]),
]


@pytest.mark.parametrize(("filter", "places"), FOUND_BY_MONGODB, ids=str)
def test_documents_are_found_as_by_mongodb(filter, places):
    check_filter(filter)
    assert [place for place, document in enumerate(DOCUMENTS) if condition_of(filter)(document)] == places


def test_every_operator_is_tried():
    text = json.dumps([filter for filter, _ in FOUND_BY_MONGODB])
    assert [name for name in OPERATORS if f'"{name}"' not in text and name != "$eq"] == ["$lte"]


# -- nothing but comparisons -------------------------------------------------------------------------


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


PATTERNS_REFUSED = [
    ("(a+)+$", "a repeated group"),
    ("(a|a)*b", "a repeated group"),
    ("(ab){2}", "a repeated group"),
    (r"(a)\1", "a reference to a group"),
    ("(?=a)b", "a group that begins with"),
    ("(?i)b", "a group that begins with"),
    ("(?P<x>a)", "a group that begins with"),
    ("a*+", "behind another repetition"),
    (".*a.*b.*c", "more than 2 of"),
    ("a?" * 30 + "a" * 30, "more than 2 of"),
    ("x{100000000}", "of at most 100"),
    ("a{,5}", "of at most 100"),
    ("*a", "nothing to repeat"),
    (r"\b*", "nothing to repeat"),
    ("(", "not closed"),
    (")", "closes nothing"),
    ("[", "empty or not closed"),
    ("[]", "empty or not closed"),
    ("[^]a]", "empty or not closed"),
    ("[[:alpha:]]", "in a class"),
    ("[z-a]", "bad character range"),
    ("a\\", "a backslash at its end"),
    (r"\p", "not known"),
    ("a" * (LONGEST_PATTERN + 1), "longer than"),
]


@pytest.mark.parametrize(("pattern", "reason"), PATTERNS_REFUSED, ids=lambda value: value[:30])
def test_patterns_that_may_take_for_ever_are_refused(pattern, reason):
    with pytest.raises(InputError, match=f"not a filter: the pattern .* cannot be used: .*{reason}"):
        check_filter({"t": {"$regex": pattern}})


@pytest.mark.parametrize(
    "pattern",
    ["^Li[^N]", "PO4|SO4", r"^Li\d*[A-Z]", r"(oxide|fluoride)?$", r"\bcathode_\w+", "a{2,3}.", r"[\]\\a-z]", "]"],
)
def test_patterns_of_use_are_not(pattern):
    check_filter({"t": {"$regex": pattern, "$options": "i"}})


@settings(max_examples=300)
@given(pattern=st.text("ab.*+?{}()|[]^$\\dw1,-", max_size=12), letters=st.text("ab1 ", max_size=8))
def test_any_pattern_is_refused_or_soon_done(pattern, letters):
    try:
        search = compiled(pattern).search
    except InputError:
        return
    began = time.perf_counter()
    search((letters or "a") * (200 // len(letters or "a")))
    assert time.perf_counter() - began < 1.0


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


# -- the same in both kinds of database --------------------------------------------------------------

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([-1.5, 0.5, 2.0]),
    st.sampled_from(["a", "b", "Ab", "", "2\n"]),
)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab0"), inner, max_size=2),
    max_leaves=6,
)
names = st.sampled_from(["a", "b", "a.b", "a.0", "a.a", "b.0.a", "a.a.b", "b.b.0", "a.0.0"])


def one_operator(inner):
    return st.one_of(
        st.tuples(st.sampled_from(["$eq", "$ne"]), values),
        st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), st.sampled_from([-2, -1.5, 0, 0.5, 1, 3, "a", "b"])),
        st.tuples(st.sampled_from(["$in", "$nin", "$all"]), st.lists(values, max_size=3)),
        st.tuples(st.just("$exists"), st.booleans()),
        st.tuples(st.just("$size"), st.integers(0, 3)),
        st.tuples(st.just("$type"), st.sampled_from(["string", "bool", "number", "object", "array"])),
        st.tuples(st.just("$mod"), st.tuples(st.sampled_from([2, 3, -2]), st.integers(-2, 2)).map(list)),
        st.tuples(st.just("$regex"), st.sampled_from(["a", "^a", "b$", ".", "^$", "[A-Z]b", "a|b", "^2$"])),
        st.tuples(st.sampled_from(["$elemMatch"]), inner),
    ).map(lambda pair: dict([pair]))


operators = st.recursive(
    one_operator(st.dictionaries(names, plain, min_size=1, max_size=2)),
    lambda inner: st.one_of(
        inner.map(lambda operand: {"$not": operand}),
        one_operator(inner | st.dictionaries(names, inner, min_size=1, max_size=2)),
        st.tuples(inner, inner).map(lambda two: {**two[0], **two[1]}),
    ),
    max_leaves=4,
)
filters = st.recursive(
    st.dictionaries(names, values | operators, min_size=1, max_size=2),
    lambda inner: st.tuples(st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=2)).map(
        lambda pair: dict([pair])
    ),
    max_leaves=3,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.dictionaries(st.sampled_from("ab"), values, max_size=2), min_size=4, max_size=8),
    asked=st.lists(filters, min_size=4, max_size=4),
)
def test_a_filter_finds_the_same_in_both_kinds_of_database(database_uri, tmp_path, documents, asked):
    server = StoreLocation(database_uri).open("coatings")
    collection = server._collection
    documents = [{**document, "key": number} for number, document in enumerate(documents)]
    collection.delete_many({})
    server.update(documents)
    with SQLiteStore(str(tmp_path / "any.sqlite"), "coatings", key="key") as embedded:
        embedded.remove_docs({})
        embedded.update(documents)
        for filter in asked:
            check_filter(filter)
            there = sorted(document["key"] for document in server.query(filter, ["key"]))
            assert sorted(document["key"] for document in embedded.query(filter)) == there
    server.close()


def test_the_page_names_every_operator_and_limit():
    page = (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")
    assert [name for name in OPERATORS if f"`{name}`" not in page] == []
    limits = (DEEPEST, MOST_CONDITIONS, MOST_VALUES, LONGEST_PATTERN)
    assert [limit for limit in limits if not re.search(rf"\b{limit:,}\b", page)] == []
