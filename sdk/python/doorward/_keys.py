"""The published keys, kept; and passes read with them. No I/O: the clients fetch, one at a time.

Keys are fetched when a pass names one that is not known (rotation) and when they are old, but never within the cooldown of
the last try, so that forged passes cause no storm. While Doorward is away the old keys go on being used.
"""

import time
from datetime import UTC, datetime
from typing import Any

import jwt

from .errors import BadPass, Unavailable
from .models import Pass

_ALGORITHMS = frozenset({"ES256", "EdDSA", "RS256"})  # what Doorward publishes; never a secret's
_TYPE = "doorward-pass+jwt"
_NEVER = float("-inf")


class KeyCache:
    def __init__(self, max_age: float, cooldown: float) -> None:
        self._max_age = max_age
        self._cooldown = cooldown
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = _NEVER
        self._tried_at = _NEVER

    def get(self, kid: str) -> jwt.PyJWK | None:
        return self._keys.get(kid)

    def is_empty(self) -> bool:
        """Whether none was ever fetched."""
        return self._fetched_at == _NEVER

    def is_due(self, kid: str) -> bool:
        now = time.monotonic()
        if now - self._tried_at < self._cooldown:
            return False
        return kid not in self._keys or now - self._fetched_at > self._max_age

    def tried(self) -> None:
        self._tried_at = time.monotonic()

    def take(self, key_set: dict[str, Any]) -> None:
        known = {}
        for member in key_set.get("keys", []):
            if member.get("alg") in _ALGORITHMS and member.get("kid"):
                known[member["kid"]] = jwt.PyJWK(member)
        self._keys = known
        self._fetched_at = time.monotonic()


def kid_of(token: str) -> str:
    """Which key a pass names. Raises BadPass on what is no pass."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise BadPass(f"That is no pass: {error}") from error
    if header.get("typ") != _TYPE or not isinstance(header.get("kid"), str):
        raise BadPass("That is no pass: another type of token")
    return str(header["kid"])


def pass_cookies(tenant: str | None, room: str) -> tuple[str, str]:
    name = f"doorward_pass_{tenant}~{room}" if tenant else f"doorward_pass_{room}"
    return name, "__Host-" + name


def read(token: str, kid: str, cache: KeyCache, issuer: str, tenant: str | None, room: str, leeway: float) -> Pass:
    """The pass, if a published key signed it for the tenant's room and its time is not up."""
    key = cache.get(kid)
    if key is None and cache.is_empty():
        raise Unavailable("The keys of Doorward could not be fetched yet")
    if key is None:
        raise BadPass("The pass names a key that Doorward does not publish")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=issuer,
            audience=f"{tenant}/{room}" if tenant else room,
            leeway=leeway,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "ticket"]},
        )
    except jwt.InvalidTokenError as error:
        raise BadPass(f"The pass is refused: {error}") from error
    return Pass(str(claims["sub"]), room, str(claims["ticket"]), datetime.fromtimestamp(claims["exp"], UTC))
