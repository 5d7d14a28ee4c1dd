"""Answers that are kept because the same question comes again soon."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Kept(Generic[Key, Answer]):
    """The newest answers to one kind of question.

    Parameters
    ----------
    most
        How many are kept; the oldest makes room for one more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: dict[Key, Answer] = {}

    def get(self, key: Key, find: Callable[[], Answer]) -> Answer:
        """Return the answer that is kept, or find it and keep it."""
        if key not in self._answers:
            answer = find()
            while len(self._answers) >= self._most:
                self._answers.pop(next(iter(self._answers)))
            self._answers[key] = answer
        return self._answers[key]

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the questions whose answers are kept, oldest first."""
        return iter(self._answers)
