"""Lists of documents as tables: of pandas, and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from screening.text.visible_text import visible

if TYPE_CHECKING:
    import pandas

_SHOWN_ROWS, _SHOWN_COLUMNS = 30, 16
Document = TypeVar("Document", bound=BaseModel)


class Tabular:
    """Base of what holds documents: it can be made a table, and a notebook shows it as one."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Return the documents as JSON-compatible data."""
        raise NotImplementedError

    def rows_shown(self) -> Iterable[Mapping[str, Any]]:
        """Return what a notebook shows of them."""
        return self.rows()

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a table of pandas: a row for each document, and a column for each dotted name.

        A name leads through objects, as in ``window.oxidation_limit_v``; what is a list stands in one cell. Numbers are
        as in the documents, and missing ones are NaN.
        """
        return table_of(self.rows())

    def _repr_html_(self) -> str:
        """Return the first rows as HTML, for notebooks; names in it are text."""
        rows = list(islice(self.rows_shown(), _SHOWN_ROWS + 1))
        table = table_of(rows[:_SHOWN_ROWS]).map(lambda value: visible(value) if isinstance(value, str) else value)
        html = table.to_html(index=False, na_rep="", max_cols=_SHOWN_COLUMNS, float_format="{:.6g}".format)
        return html + ("<p>and more: to_dataframe() has all</p>" if len(rows) > _SHOWN_ROWS else "")


class Documents(list[Document], Tabular):
    """A list of documents that can be made a table."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the documents as JSON-compatible data."""
        return (document.model_dump(mode="json") for document in self)


def table_of(documents: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """Return documents as a table; see :meth:`Tabular.to_dataframe`."""
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
