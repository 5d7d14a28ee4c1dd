"""Fields of a document by their dotted names, as MongoDB keeps or drops them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def projected(doc: dict[str, Any], properties: dict[str, Any] | list[str] | None) -> dict[str, Any]:
    """Keep the fields wanted, or drop those whose entry is false, where all are; dotted names keep their nesting."""
    return projection(properties)(doc)


def projection(properties: dict[str, Any] | list[str] | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what does that with one document after the other."""
    chosen = properties if isinstance(properties, dict) else dict.fromkeys(properties or (), True)
    kept = [name for name, keep in chosen.items() if keep]
    dropped = [name for name, keep in chosen.items() if not keep and name != "_id"]
    tree: dict[str, Any] = {}
    for dotted in kept or dropped:
        *outer, last = dotted.split(".")
        branch = tree
        for part in outer:
            branch = branch.setdefault(part, {})
        branch[last] = {}
    if not tree:
        return lambda doc: doc
    if kept and not any(tree.values()):
        wanted = frozenset(tree)
        return lambda doc: {name: value for name, value in doc.items() if name in wanted}
    return (lambda doc: _kept(doc, tree)) if kept else (lambda doc: _without(doc, tree))


def _kept(value: Any, tree: dict[str, Any]) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_kept(member, tree) for member in value if isinstance(member, dict | list)]
    return {
        name: _kept(member, tree[name])
        for name, member in value.items()
        if name in tree and (not tree[name] or isinstance(member, dict | list))
    }


def _without(value: Any, tree: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without(member, tree) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without(member, tree[name]) if name in tree else member
        for name, member in value.items()
        if name not in tree or tree[name]
    }


def has(doc: Any, dotted: str) -> bool:
    """Return whether a document has a field."""
    for part in dotted.split("."):
        if not isinstance(doc, dict) or part not in doc:
            return False
        doc = doc[part]
    return True
