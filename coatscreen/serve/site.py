"""The pages that are served, as one ASGI application: a report in front, tables behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Page = str | Callable[[], str]


class Site:
    """Pages that are made once, with another application behind them.

    Parameters
    ----------
    pages
        HTML by path, or what makes it when it is asked for first.
    behind
        What answers all other paths.
    hosts
        Names by which it may be asked for; None for any. A page of another site, whose name leads to this machine, has
        none of them, and learns nothing.
    """

    def __init__(self, pages: Mapping[str, Page], behind: App, hosts: frozenset[str] | None) -> None:
        self._pages = dict(pages)
        self._behind = behind
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
        elif self._hosts is not None and _host(scope) not in self._hosts:
            await _answer(scope, send, 403, "text/plain", b"This address is not served to others.\n")
        elif scope["path"] in self._pages:
            if scope["method"] in ("GET", "HEAD"):
                await _answer(scope, send, 200, "text/html", self._page(scope["path"]))
            else:
                await _answer(scope, send, 405, "text/plain", b"It can only be read.\n")
        else:
            await self._behind(scope, receive, send)

    def _page(self, path: str) -> bytes:
        page = self._pages[path]
        if not isinstance(page, str):
            page = self._pages[path] = page()
        return page.encode()


def _host(scope: Scope) -> str:
    """Return the name that a request is addressed to, without its port."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    return given.partition("]")[0].strip("[") if given.startswith("[") else given.partition(":")[0]


async def _answer(scope: Scope, send: Send, status: int, kind: str, body: bytes) -> None:
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
