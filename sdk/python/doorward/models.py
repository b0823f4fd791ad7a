"""What Doorward answers, as values."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class _Answer:
    """Takes the members that it has, by their names, so that a newer Doorward may say more."""

    @classmethod
    def of(cls, said: dict[str, Any]) -> Self:
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: _time(said[name]) if name.endswith("_at") else said[name] for name in names})


@dataclass(frozen=True)
class Pass:
    """A pass that was verified offline: its signature, room and time, not whether its session still lives."""

    subject: str
    room: str
    ticket: str
    expires_at: datetime


@dataclass(frozen=True)
class Verdict(_Answer):
    """What Doorward says of a pass. True in a condition if it lets in."""

    valid: bool
    subject: str | None
    room: str | None
    ticket: str | None
    expires_at: datetime | None
    reason: str | None

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True)
class Hold(_Answer):
    """A lease on units of an inventory; once confirmed, a reservation."""

    hold: str
    inventory: str
    state: str
    reason: str | None
    count: int
    units: list[str]
    amount: int
    currency: str
    fence: int
    made_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class LockState(_Answer):
    """A lock as its holder was told."""

    holder: str
    fence: int
    expires_at: datetime | None


@dataclass(frozen=True)
class LimitCheck:
    """A call to count: by `rule`, with `key` or `descriptors`, or by `descriptors` with a path alone."""

    rule: str | None = None
    key: str | None = None
    descriptors: dict[str, str] | None = None
    plan: str | None = None
    cost: int | None = None
    peek: bool | None = None

    def body(self) -> dict[str, Any]:
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True)
class Quota(_Answer):
    """One quota's part in a decision."""

    rule: str
    quota: str
    allowed: bool
    limit: int | None
    remaining: int | None
    reset_s: int | None
    retry_after_s: int | None
    dry_run: bool


@dataclass(frozen=True)
class LimitDecision:
    """What the tightest quota says. True in a condition if allowed."""

    allowed: bool
    limit: int | None
    remaining: int | None
    reset_s: int | None
    retry_after_s: int | None
    quotas: list[Quota]

    @classmethod
    def of(cls, said: dict[str, Any]) -> Self:
        quotas = [Quota.of(quota) for quota in said["quotas"]]
        return cls(quotas=quotas, **{name: said[name] for name in _DECISION})

    def __bool__(self) -> bool:
        return self.allowed


_DECISION = ("allowed", "limit", "remaining", "reset_s", "retry_after_s")
