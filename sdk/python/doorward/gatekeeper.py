"""The backend library of "Gatekeeper API", by its names: `verify(jwt)` and `finish(jwt)`.

    gatekeeper.configure("https://queue.example", business_id=KEY)
    if gatekeeper.verify(jwt): …; gatekeeper.finish(jwt)
"""

import httpx

from ._calls import unanswered
from .errors import NotAllowed, error_of


class Gatekeeper:
    """One business. For any number of threads."""

    def __init__(
        self, url: str, business_id: str, *, timeout: float = 5.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"), headers={"business_id": business_id}, timeout=timeout, transport=transport
        )

    def verify(self, jwt: str) -> bool:
        """Whether the user is ready. False for a JWT that is expired or not genuine, too."""
        return _ready(self._ask("GET", "/queue/verify", jwt))

    def finish(self, jwt: str) -> bool:
        """The user is served. Whether they were ready."""
        return _cleared(self._ask("DELETE", "/queue/finish", jwt))

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, jwt: str) -> httpx.Response:
        try:
            return self._http.request(method, path, headers={"jwt": jwt})
        except httpx.HTTPError as error:
            raise unanswered(error) from error


class AsyncGatekeeper:
    """The same for asyncio."""

    def __init__(
        self, url: str, business_id: str, *, timeout: float = 5.0, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"), headers={"business_id": business_id}, timeout=timeout, transport=transport
        )

    async def verify(self, jwt: str) -> bool:
        return _ready(await self._ask("GET", "/queue/verify", jwt))

    async def finish(self, jwt: str) -> bool:
        return _cleared(await self._ask("DELETE", "/queue/finish", jwt))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, path: str, jwt: str) -> httpx.Response:
        try:
            return await self._http.request(method, path, headers={"jwt": jwt})
        except httpx.HTTPError as error:
            raise unanswered(error) from error


def _refuses(answer: httpx.Response) -> bool:
    """Whether it says no to the JWT; raises what it says of anything else, the API key included."""
    if answer.is_success:
        return False
    error = error_of(answer)
    if isinstance(error, NotAllowed) and "token" in str(error).lower():
        return True
    raise error


def _ready(answer: httpx.Response) -> bool:
    return not _refuses(answer) and bool(answer.json()["ready"])


def _cleared(answer: httpx.Response) -> bool:
    return not _refuses(answer) and answer.json()["status"] == "ready_cleared"


_default: Gatekeeper | None = None


def configure(url: str, business_id: str) -> None:
    """Says for whom `verify` and `finish` of this module ask."""
    global _default
    _default = Gatekeeper(url, business_id)


def _configured() -> Gatekeeper:
    if _default is None:
        raise RuntimeError("Call gatekeeper.configure(url, business_id) first")
    return _default


def verify(jwt: str) -> bool:
    return _configured().verify(jwt)


def finish(jwt: str) -> bool:
    return _configured().finish(jwt)
