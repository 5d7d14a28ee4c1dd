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
        Names by which it may be asked for; None for any. A page of another site, whose name leads to this machine or
        that asks for one of these names, learns nothing.
    mounted
        Applications that answer all paths that begin with one.
    """

    def __init__(
        self,
        pages: Mapping[str, Page],
        behind: App,
        hosts: frozenset[str] | None,
        mounted: Mapping[str, App] | None = None,
    ) -> None:
        self._pages = dict(pages)
        self._behind = behind
        self._hosts = hosts
        self._mounted = dict(mounted or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
        elif self._hosts is not None and not {_host(scope), _origin(scope)} <= {*self._hosts, None}:
            await _answer(scope, send, 403, "text/plain", b"This address is not served to others.\n")
        elif scope["path"] in self._pages:
            if scope["method"] in ("GET", "HEAD"):
                await _answer(scope, send, 200, "text/html", self._page(scope["path"]))
            else:
                await _answer(scope, send, 405, "text/plain", b"It can only be read.\n")
        else:
            path = scope["path"]
            for begin, app in self._mounted.items():
                if path == begin or path.startswith(f"{begin}/"):
                    await app({**scope, "root_path": begin}, receive, send)
                    return
            await self._behind(scope, receive, send)

    def _page(self, path: str) -> bytes:
        page = self._pages[path]
        if not isinstance(page, str):
            page = self._pages[path] = page()
        return page.encode()


def _host(scope: Scope) -> str:
    """Return the name that a request is addressed to, without its port."""
    return _name(_header(scope, b"host") or "")


def _origin(scope: Scope) -> str | None:
    """Return the name of the site whose page asks, without its port; None where a browser names none."""
    given = _header(scope, b"origin")
    return None if given is None else _name(given.rpartition("//")[2])


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for given, value in scope["headers"] if given == name), None)


def _name(host: str) -> str:
    return host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]


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
