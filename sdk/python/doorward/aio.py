"""The client for asyncio: that of `client`, to be awaited."""

import asyncio
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from . import _calls, _keys
from ._calls import Call, Seconds
from .errors import DoorwardError, LockLost
from .models import Hold, LimitCheck, LimitDecision, LockState, Pass, Verdict

T = TypeVar("T")


class AsyncClient:
    """One Doorward, for any number of tasks of one loop. Close it, or use it as a context manager.

    `api_key` is a backend's; `tenant` the business whose it is, if any. Calls that may be repeated are, `retries` times,
    where Doorward does not answer or says that it cannot now.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        tenant: str | None = None,
        issuer: str = "doorward",
        timeout: float = 5.0,
        retries: int = 2,
        keys_max_age: float = 300.0,
        keys_cooldown: float = 10.0,
        leeway: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        base = url.rstrip("/") + "/.doorward/v1"
        self._http = httpx.AsyncClient(base_url=base, headers=headers, timeout=timeout, transport=transport)
        self._timeout = timeout
        self._retries = retries
        self._issuer = issuer
        self._tenant = tenant
        self._leeway = leeway
        self._keys = _keys.KeyCache(keys_max_age, keys_cooldown)
        self._fetching = asyncio.Lock()

    async def verify(self, token: str, room: str | None = None) -> Verdict:
        """Asks Doorward, which is exact to the moment. Counts as a use of the session."""
        return await self._send(_calls.verify(token, room))

    async def verify_offline(self, token: str, room: str) -> Pass:
        """By the published keys, without a call. Raises BadPass. A session that ended early is not noticed."""
        kid = _keys.kid_of(token)
        await self._refresh_keys(kid)
        return _keys.read(token, kid, self._keys, self._issuer, self._tenant, room, self._leeway)

    def pass_cookies(self, room: str) -> tuple[str, str]:
        """The names of the cookie with the pass of a room: over plain HTTP, and over TLS."""
        return _keys.pass_cookies(self._tenant, room)

    async def finish(self, ticket: str) -> None:
        """Ends the session of a ticket: the next gets in. Repeating it is no error."""
        await self._send(_calls.finish(ticket))

    async def hold(
        self,
        inventory: str,
        *,
        units: Sequence[str] | None = None,
        count: int | None = None,
        subject: str | None = None,
        ttl: Seconds | None = None,
        key: str | None = None,
    ) -> Hold:
        """Holds units, all or none. `key` makes a retry of your own find the same hold."""
        return await self._send(_calls.make_hold(inventory, units, count, subject, ttl, key))

    async def read_hold(self, inventory: str, hold: str) -> Hold:
        return await self._send(_calls.read_hold(inventory, hold))

    async def extend(self, hold: Hold, ttl: Seconds | None = None) -> Hold:
        return await self._send(_calls.extend(hold, ttl))

    async def confirm(self, hold: Hold) -> Hold:
        """Makes a hold final. Raises HoldOver where its lease has ended."""
        return await self._send(_calls.confirm(hold))

    async def release(self, hold: Hold) -> None:
        await self._send(_calls.release(hold))

    def lock(self, name: str, *, lease: Seconds = 10.0, wait: Seconds = 0.0, renew: bool = True) -> "AsyncLock":
        """A lock for a `async with` block, renewed in the background while the block runs. Raises LockBusy after the wait."""
        return AsyncLock(self, name, lease, wait, renew)

    async def check_limit(
        self,
        rule: str | None = None,
        key: str | None = None,
        *,
        descriptors: dict[str, str] | None = None,
        plan: str | None = None,
        cost: int | None = None,
        peek: bool | None = None,
    ) -> LimitDecision:
        """Counts a call; the decision is true if it is allowed. Never sent twice."""
        return await self._send(_calls.check(LimitCheck(rule, key, descriptors, plan, cost, peek)))

    async def check_limits(self, checks: Sequence[LimitCheck]) -> list[LimitDecision]:
        """Up to 1,000 at once, in their order."""
        return await self._send(_calls.check_all(checks))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _send(self, call: Call[T]) -> T:
        attempt = 0
        while True:
            try:
                return call.read(await self._ask(call))
            except DoorwardError as error:
                if not _calls.may_repeat(call, error, attempt, self._retries):
                    raise
                await asyncio.sleep(_calls.pause(error, attempt))
                attempt += 1

    async def _ask(self, call: Call[Any]) -> httpx.Response:
        try:
            return await self._http.request(
                call.method,
                call.path,
                json=call.body,
                params=call.query,
                headers=call.headers,
                timeout=self._timeout + call.wait_s,
            )
        except httpx.HTTPError as error:
            raise _calls.unanswered(error) from error

    async def _refresh_keys(self, kid: str) -> None:
        if not self._keys.is_due(kid):
            return
        # Whoever has a key goes on with it while another fetches.
        if self._fetching.locked() and self._keys.get(kid) is not None:
            return
        async with self._fetching:
            if not self._keys.is_due(kid):
                return
            try:
                self._keys.take(await self._send(_calls.keys()))
            except DoorwardError:
                if self._keys.is_empty():
                    raise
            finally:
                self._keys.tried()


class AsyncLock:
    """Somebody else's critical section. Send `fence` with what you write, and let the resource refuse a lower one."""

    def __init__(self, client: AsyncClient, name: str, lease: Seconds, wait: Seconds, renew: bool) -> None:
        self._client, self._name, self._lease, self._wait = client, name, lease, wait
        self._lease_s = _calls.seconds(lease)
        self._until = 0.0
        self._renew = renew
        self._state: LockState | None = None
        self._task: asyncio.Task[None] | None = None
        self._lost: LockLost | None = None

    @property
    def fence(self) -> int:
        return self._held().fence

    @property
    def lost(self) -> bool:
        """Whether the lease has ended as far as is known here: look before what cannot be undone."""
        return self._lost is not None or time.monotonic() >= self._until

    async def renew(self) -> None:
        """The whole lease from now on. Raises LockLost."""
        begun = time.monotonic()
        self._state = await self._client._send(_calls.renew(self._name, self._held(), self._lease))
        self._until = begun + self._lease_s

    async def __aenter__(self) -> Self:
        begun = time.monotonic()
        self._state = await self._client._send(_calls.acquire(self._name, self._lease, self._wait))
        self._until = begun + self._lease_s
        self._lost = None
        # After a wait, or a first answer that was lost, nobody knows since when the lease runs.
        if time.monotonic() - begun > self._lease_s / 3:
            await self.renew()
        if self._renew:
            self._task = asyncio.create_task(self._keep(), name=f"doorward lock {self._name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        try:
            if self._lost:
                raise self._lost
            await self._client._send(_calls.unlock(self._name, self._held()))
        except DoorwardError:
            if error is None:
                raise
        finally:
            self._state = self._task = None

    def _held(self) -> LockState:
        if self._state is None:
            raise RuntimeError("The lock is held in an `async with` block alone")
        return self._state

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                await self.renew()
            except LockLost as error:
                self._lost = error
                return
            except DoorwardError:
                continue  # while Doorward is away the lease runs on; the next try tells
