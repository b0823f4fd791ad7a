"""Each call as a value: what is sent, and what its answer means. Both clients send these, so they cannot differ."""

import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from .errors import DoorwardError, Unavailable, error_of
from .models import Hold, LimitCheck, LimitDecision, LockState, Verdict

T = TypeVar("T")
Seconds = float | str
_PAUSE_MOST_S = 5.0


@dataclass(frozen=True)
class Call(Generic[T]):
    method: str
    path: str
    parse: Callable[[Any], T]
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    again: bool = True  # sending it twice does what sending it once does
    wait_s: float = 0  # how much longer than usual the answer may take

    def read(self, answer: httpx.Response) -> T:
        if not answer.is_success:
            raise error_of(answer)
        return self.parse(answer.json() if answer.content else None)


def pause(error: DoorwardError, attempt: int) -> float:
    """Back-off with full jitter, after what the server asked for."""
    return (error.retry_after or 0) + random.uniform(0, min(_PAUSE_MOST_S, 0.1 * 2**attempt))


def may_repeat(call: Call[T], error: DoorwardError, attempt: int, retries: int) -> bool:
    return call.again and isinstance(error, Unavailable) and error.type != "room-full" and attempt < retries


def unanswered(error: httpx.HTTPError) -> Unavailable:
    return Unavailable(f"Doorward did not answer: {error or type(error).__name__}")


def duration(value: Seconds) -> str:
    """Seconds as a number, or a text such as "90s" that Doorward reads itself: a number and one unit."""
    return value if isinstance(value, str) else f"{round(value * 1000)}ms"


def seconds(value: Seconds) -> float:
    """The same as a number, for timers."""
    if not isinstance(value, str):
        return float(value)
    for unit, factor in (("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)):
        if value.endswith(unit) and value.removesuffix(unit).isdecimal():
            return int(value.removesuffix(unit)) * factor
    raise ValueError(f"{value!r} is no duration; write 10 or '10s'")


def _body(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _nothing(_: Any) -> None:
    return None


def once(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or secrets.token_hex(16)}


def keys() -> Call[dict[str, Any]]:
    return Call("GET", "/keys", dict)


def verify(token: str, room: str | None) -> Call[Verdict]:
    return Call("POST", "/passes/verify", Verdict.of, _body(**{"pass": token, "room": room}))


def finish(ticket: str) -> Call[None]:
    return Call("DELETE", f"/sessions/{quote(ticket, safe='')}", _nothing)


def _holds(inventory: str) -> str:
    return f"/inventories/{quote(inventory, safe='')}/holds"


def _hold(hold: Hold) -> str:
    return f"{_holds(hold.inventory)}/{quote(hold.hold, safe='')}"


def make_hold(
    inventory: str, units: Sequence[str] | None, count: int | None, subject: str | None, ttl: Seconds | None, key: str | None
) -> Call[Hold]:
    body = _body(
        units=list(units) if units is not None else None,
        count=count,
        subject=subject,
        ttl=None if ttl is None else duration(ttl),
    )
    return Call("POST", _holds(inventory), Hold.of, body, headers=once(key))


def read_hold(inventory: str, hold: str) -> Call[Hold]:
    return Call("GET", f"{_holds(inventory)}/{quote(hold, safe='')}", Hold.of)


def extend(hold: Hold, ttl: Seconds | None) -> Call[Hold]:
    body = _body(ttl=None if ttl is None else duration(ttl), fence=hold.fence)
    return Call("POST", f"{_hold(hold)}/extend", Hold.of, body)


def confirm(hold: Hold) -> Call[Hold]:
    return Call("POST", f"{_hold(hold)}/confirm", Hold.of, {"fence": hold.fence})


def release(hold: Hold) -> Call[None]:
    return Call("DELETE", _hold(hold), _nothing, query={"fence": hold.fence})


def _lock(name: str) -> str:
    return f"/locks/{quote(name, safe=':')}"  # as Doorward names them


def acquire(name: str, lease: Seconds, wait: Seconds) -> Call[LockState]:
    body = _body(lease=duration(lease), wait=duration(wait) if seconds(wait) else None)
    return Call("POST", _lock(name), LockState.of, body, headers=once(), wait_s=seconds(wait))


def renew(name: str, state: LockState, lease: Seconds) -> Call[LockState]:
    body = {"holder": state.holder, "fence": state.fence, "lease": duration(lease)}
    return Call("PUT", _lock(name), LockState.of, body)


def unlock(name: str, state: LockState) -> Call[None]:
    return Call("DELETE", _lock(name), _nothing, query={"holder": state.holder, "fence": state.fence})


def check(asked: LimitCheck) -> Call[LimitDecision]:
    return Call("POST", "/limits/check", LimitDecision.of, asked.body(), again=False)


def check_all(asked: Sequence[LimitCheck]) -> Call[list[LimitDecision]]:
    def parse(said: Any) -> list[LimitDecision]:
        return [LimitDecision.of(result) for result in said["results"]]

    return Call("POST", "/limits/check", parse, {"checks": [one.body() for one in asked]}, again=False)
