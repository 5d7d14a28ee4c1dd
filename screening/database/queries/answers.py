"""Answers of the database, which can be made tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from screening.text.tabular import Tabular

if TYPE_CHECKING:
    from screening.coatings.ranking import RankingDocument


class Answers(list[dict[str, Any]], Tabular):
    """Documents, or the fields of them that were asked for, which can be made a table."""

    def rows(self) -> list[dict[str, Any]]:
        """Return the documents."""
        return self


class Rankings(list["RankingDocument"], Tabular):
    """Rankings, which can be made one table: a row for each coating."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the coatings of all rankings."""
        from screening.coatings.ranking import RankedCoatings

        return (row for ranking in self for row in RankedCoatings(ranking.ranking).rows())

    def rows_shown(self) -> Iterator[dict[str, Any]]:
        """Yield the numbers of each coating."""
        from screening.coatings.ranking import RankedCoatings

        return (row for ranking in self for row in RankedCoatings(ranking.ranking).rows_shown())
