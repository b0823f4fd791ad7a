"""What Doorward refuses, as exceptions: by the problem's name where it has a class, else by the status."""

from typing import Any

import httpx


class DoorwardError(Exception):
    """`type` is the problem's name ("sold-out"), `problem` all that was said; `status` is None where nothing was."""

    def __init__(self, message: str, status: int | None = None, problem: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem or {}
        self.type = str(self.problem.get("type", "")).rsplit(":", 1)[-1]
        self.reason: str | None = self.problem.get("reason")
        self.retry_after: float | None = None


class BadPass(DoorwardError):
    """A pass that does not let in: forged, expired, another room's."""


class Unavailable(DoorwardError):
    """No answer, or one that says to try again later."""


class Invalid(DoorwardError):
    """The call itself is wrong (400, 413, 415, 422)."""


class NotAllowed(DoorwardError):
    """The API key is missing or wrong, or may not do this (401, 403)."""


class NotFound(DoorwardError):
    """There is no such thing (404)."""


class TooManyCalls(DoorwardError):
    """A limit of Doorward itself (429); see `retry_after`."""


class Conflict(DoorwardError):
    """It is not possible as things are (409)."""


class SoldOut(Conflict):
    """Nothing, or less than asked for, is available."""


class UnitTaken(Conflict):
    """Some of the units are taken: `units`."""

    @property
    def units(self) -> list[str]:
        return list(self.problem.get("units", []))


class LockBusy(Conflict):
    """Somebody else has the lock, also after the wait."""


class Gone(DoorwardError):
    """It is over (410); `reason` says why."""


class HoldOver(Gone):
    """The hold's lease has ended, or it was given back."""


class LockLost(Gone):
    """The lease of the lock ended before it was renewed or released."""


_BY_TYPE: dict[str, type[DoorwardError]] = {
    "sold-out": SoldOut,
    "too-few-left": SoldOut,
    "unit-taken": UnitTaken,
    "lock-busy": LockBusy,
    "hold-over": HoldOver,
    "lock-lost": LockLost,
}
_BY_STATUS: dict[int, type[DoorwardError]] = {
    400: Invalid,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: Invalid,
    415: Invalid,
    422: Invalid,
    429: TooManyCalls,
}


def error_of(answer: httpx.Response) -> DoorwardError:
    """The exception for an answer that is not a success."""
    try:
        said = answer.json()
    except ValueError:
        said = {}
    problem = said if isinstance(said, dict) else {}
    status = answer.status_code
    name = str(problem.get("type", "")).rsplit(":", 1)[-1]
    kind = _BY_TYPE.get(name) or _BY_STATUS.get(status) or (Unavailable if status >= 500 else DoorwardError)
    error = kind(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"), status, problem)
    after = answer.headers.get("Retry-After", "")
    error.retry_after = float(after) if after.isdecimal() else None
    return error
