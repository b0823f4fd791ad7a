"""Doorward for backends: verify a pass, hold and confirm, lock, ask for a rate limit."""

from .aio import AsyncClient, AsyncLock
from .client import Client, Lock
from .errors import (
    BadPass,
    Conflict,
    DoorwardError,
    Gone,
    HoldOver,
    Invalid,
    LockBusy,
    LockLost,
    NotAllowed,
    NotFound,
    SoldOut,
    TooManyCalls,
    Unavailable,
    UnitTaken,
)
from .middleware import AsgiGate, WsgiGate
from .models import Hold, LimitCheck, LimitDecision, Pass, Quota, Verdict

__all__ = [
    "AsgiGate",
    "AsyncClient",
    "AsyncLock",
    "BadPass",
    "Client",
    "Conflict",
    "DoorwardError",
    "Gone",
    "Hold",
    "HoldOver",
    "Invalid",
    "LimitCheck",
    "LimitDecision",
    "Lock",
    "LockBusy",
    "LockLost",
    "NotAllowed",
    "NotFound",
    "Pass",
    "Quota",
    "SoldOut",
    "TooManyCalls",
    "Unavailable",
    "UnitTaken",
    "Verdict",
    "WsgiGate",
]
