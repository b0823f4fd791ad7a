"""Lets only those with a pass through: for ASGI (FastAPI, Starlette, …) and WSGI (Flask, Django, …).

The pass is taken from the query's `pass`, else the cookie `doorward_pass_<room>` (`doorward_pass_<tenant>~<room>` where
the client has a tenant), else `Authorization: Bearer`.
What the application finds: the Verdict (the Pass where `offline`) at `scope["doorward"]` or `environ["doorward"]`.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from .aio import AsyncClient
from .client import Client
from .errors import BadPass, DoorwardError, Invalid
from .models import Pass, Verdict

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_AWAY = 503
_NO_PASS = 403


def find_pass(names: Sequence[str], cookies: str, authorization: str, query: str) -> str | None:
    """The pass that a request carries."""
    asked = parse_qs(query).get("pass")
    if asked:
        return asked[0]
    for part in cookies.split(";"):
        name, _, value = part.strip().partition("=")
        if name in names:
            return value
    return authorization[7:].strip() if authorization[:7].lower() == "bearer " else None


def _is_public(path: str, public: Sequence[str]) -> bool:
    """Each with all below it; below "/" would be everything, so that is the one page."""
    return any(path == one or (one.strip("/") != "" and path.startswith(one.rstrip("/") + "/")) for one in public)


def _refusal(status: int, detail: str) -> tuple[int, list[tuple[str, str]], bytes]:
    title = "A pass is needed" if status == _NO_PASS else "Whether the pass lets in is not known now"
    body = json.dumps({"title": title, "status": status, "detail": detail}).encode()
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"), ("Content-Length", str(len(body)))]
    return status, headers + ([("Retry-After", "1")] if status == _AWAY else []), body


def _judged(verdict: Verdict | Pass) -> Verdict | Pass:
    if isinstance(verdict, Verdict) and not verdict.valid:
        raise BadPass(f"The pass is refused: {verdict.reason}")
    return verdict


def _refused(error: DoorwardError) -> tuple[int, list[tuple[str, str]], bytes]:
    is_theirs = isinstance(error, BadPass | Invalid)
    return _refusal(_NO_PASS if is_theirs else _AWAY, str(error) if is_theirs else "Try again in a moment.")


class AsgiGate:
    """ASGI middleware. While Doorward does not answer, nobody is let in unless `offline`."""

    def __init__(
        self, app: App, client: AsyncClient, room: str, *, public: Sequence[str] = (), offline: bool = False
    ) -> None:
        self._app, self._client, self._room, self._public, self._offline = app, client, room, tuple(public), offline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_public(scope["path"], self._public):
            return await self._app(scope, receive, send)
        try:
            scope["doorward"] = await self._judge(scope)
        except DoorwardError as error:
            return await self._refuse(scope, receive, send, _refused(error))
        await self._app(scope, receive, send)

    async def _judge(self, scope: Scope) -> Verdict | Pass:
        fields: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            fields.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        token = find_pass(
            self._client.pass_cookies(self._room),
            "; ".join(fields.get("cookie", [])),
            "".join(fields.get("authorization", [])[:1]),
            scope["query_string"].decode("latin-1"),
        )
        if not token:
            raise BadPass("Join the queue first.")
        verify = self._client.verify_offline if self._offline else self._client.verify
        return _judged(await verify(token, self._room))

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, refusal: tuple[int, list[tuple[str, str]], bytes]
    ) -> None:
        status, headers, body = refusal
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        raw = [(name.lower().encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class WsgiGate:
    """WSGI middleware. While Doorward does not answer, nobody is let in unless `offline`."""

    def __init__(
        self,
        app: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]],
        client: Client,
        room: str,
        *,
        public: Sequence[str] = (),
        offline: bool = False,
    ) -> None:
        self._app, self._client, self._room, self._public, self._offline = app, client, room, tuple(public), offline

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if _is_public(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), self._public):
            return self._app(environ, start_response)
        try:
            environ["doorward"] = self._judge(environ)
        except DoorwardError as error:
            status, headers, body = _refused(error)
            start_response(f"{status} {'Forbidden' if status == _NO_PASS else 'Service Unavailable'}", headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        return self._app(environ, start_response)

    def _judge(self, environ: dict[str, Any]) -> Verdict | Pass:
        token = find_pass(
            self._client.pass_cookies(self._room),
            environ.get("HTTP_COOKIE", ""),
            environ.get("HTTP_AUTHORIZATION", ""),
            environ.get("QUERY_STRING", ""),
        )
        if not token:
            raise BadPass("Join the queue first.")
        verify = self._client.verify_offline if self._offline else self._client.verify
        return _judged(verify(token, self._room))
