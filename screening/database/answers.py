"""Answers of the database, which can be made tables of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from screening.coatings.ranking import RankingDocument

if TYPE_CHECKING:
    import pandas


class Answers(list[dict[str, Any]]):
    """Documents, or the fields of them that were asked for, which can be made a table."""

    def to_dataframe(self) -> pandas.DataFrame:
        """Return them as a table: a row for each, and a column for each dotted name that leads to a value or a list."""
        return table_of(self)


class Rankings(list[RankingDocument]):
    """Rankings, which can be made a table."""

    def to_dataframe(self) -> pandas.DataFrame:
        """Return them as one table: a row for each coating, with what :meth:`Answers.to_dataframe` says of it."""
        return table_of(coating.model_dump(mode="json") for ranking in self for coating in ranking.ranking)


def table_of(documents: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """Return documents as a table: a row for each, and a column for each dotted name.

    A name leads through objects, as in ``window.oxidation_limit_v``; what is a list stands in one cell. Numbers are as
    in the documents, and missing ones are NaN.
    """
    import pandas

    rows = [dict(_leaves(document)) for document in documents]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    # what one document has as an object is null in another: the name itself is no column then
    inner = {name for name in columns if any(other.startswith(f"{name}.") for other in columns)}
    kept = [name for name in columns if name not in inner]
    found = pandas.DataFrame({name: [row.get(name) for row in rows] for name in kept}, columns=kept)
    numeric = [name for name in kept if _is_number([row.get(name) for row in rows])]
    return found.astype(dict.fromkeys(numeric, float))


def _leaves(document: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _is_number(values: Iterable[Any]) -> bool:
    """Return whether a column is of numbers some of which are not whole or missing."""
    kinds = {type(value) for value in values}
    return kinds <= {int, float, type(None)} and bool(kinds & {int, float}) and kinds != {int}
