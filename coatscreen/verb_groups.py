"""Verbs in the help: grouped by what they are for, each with its whole first sentence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

_OTHERS = "Commands"
_ANY_LENGTH = 1000


class VerbGroup(TyperGroup):
    """A program, or a verb with verbs below it, whose help cuts no line off."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs under the heading of each group, in the order in which they were added."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, verb in self.commands.items():
            panel = getattr(verb, "rich_help_panel", None)
            heading = panel if isinstance(panel, str) else _OTHERS
            groups.setdefault(heading, []).append((name, verb.get_short_help_str(_ANY_LENGTH)))
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(rows)
