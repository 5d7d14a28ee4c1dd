"""YAML as plain data, within limits: what is written in it is neither deep nor, with all its aliases, large."""

from __future__ import annotations

from typing import Any

import yaml

DEEPEST = 50  # levels
MOST_VALUES = 100_000  # with each alias counted as what it stands for
_BEGIN = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_END = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # in C where PyYAML has it
    """Safe YAML in which a key that occurs twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    problem = f"the key {key.value} occurs twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add((key.tag, key.value))
        constructed: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return constructed


def parse_yaml(text: str) -> Any:
    """Read YAML.

    Raises
    ------
    yaml.YAMLError
        If it is no YAML, a key occurs twice, or it is deeper or larger than the limits of this module.
    """
    _check_size(text)
    try:
        return yaml.load(text, Loader=_Loader)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError) as error:  # a date, say
        raise yaml.YAMLError(f"a value that cannot be read: {str(error).splitlines()[0]}") from None


def _check_size(text: str) -> None:
    """Go through the events of a text, which needs no stack and builds nothing."""
    sizes: dict[str, int] = {}  # of what an anchor stands for
    begun: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=_Loader):
        size = 0
        if isinstance(event, _BEGIN):
            begun.append((event.anchor, total))
            size = 1
        elif isinstance(event, _END):
            anchor, before = begun.pop()
            if anchor is not None:
                sizes[anchor] = total - before
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise yaml.YAMLError(f"the alias {event.anchor} stands for nothing, or for what it is in")
            size = sizes[event.anchor]
        total += size
        if len(begun) > DEEPEST:
            raise yaml.YAMLError(f"nested more than {DEEPEST} levels deep")
        if total > MOST_VALUES:
            raise yaml.YAMLError(f"more than {MOST_VALUES} values, aliases included")
