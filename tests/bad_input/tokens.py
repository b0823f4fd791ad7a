"""Tokens that are not, or no longer, or not for this."""

import json

from rows import Row, call, get
from signing import Secret, b64, soon, token
from stage import NOBODY, PARTNER

OTHER = Secret(b"a secret that nobody else knows at all")
SELF = "/v1/rooms/sale/tickets/self"


def user(reason):
    return f"the bearer token is refused: {reason}"


def ticket(reason):
    return f"The ticket's token is refused: {reason}."


def as_public_key(stage):
    """The public key's own bytes as a secret: the oldest confusion of algorithms."""
    return Secret(json.dumps(stage.id_key.jwk("id")).encode())


def flipped(text):
    """One letter of the signature is another."""
    at = len(text) - 20
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def part(text, i, other):
    parts = text.split(".")
    parts[i] = other
    return ".".join(parts)


USERS = [
    ("expired", lambda s: s.user(exp=soon(-31)), "expired"),
    ("no expiry", lambda s: s.user(exp=None), "expired"),
    ("expiry a text", lambda s: s.user(exp="tomorrow"), "malformed"),
    ("expiry negative", lambda s: s.user(exp=-1), "expired"),
    ("not yet", lambda s: s.user(nbf=soon(120)), "not_yet_valid"),
    ("nbf a list", lambda s: s.user(nbf=[]), "malformed"),
    ("another audience", lambda s: s.user(aud="bank"), "wrong_audience"),
    ("no audience", lambda s: s.user(aud=None), "wrong_audience"),
    ("audience a list of others", lambda s: s.user(aud=["bank", 1]), "wrong_audience"),
    ("another issuer", lambda s: s.user(iss="https://evil.example"), "wrong_issuer"),
    ("no issuer", lambda s: s.user(iss=None), "wrong_issuer"),
    ("the partner's issuer", lambda s: s.user(iss=PARTNER), "wrong_issuer"),
    ("our issuer by the partner's key", lambda s: s.user(s.partner, {"alg": "HS256", "kid": "partner"}), "wrong_issuer"),
    ("another key", lambda s: s.user(s.pass_key), "bad_signature"),
    ("another key's id", lambda s: s.user(header={"kid": "passes"}), "unknown_key"),
    ("none", lambda s: s.user(header={"alg": "none"})[:0] + token(None, {"alg": "none"}, {"iss": "x"}), "unknown_algorithm"),
    ("None", lambda s: part(s.user(header={"alg": "None"}), 2, ""), "unknown_algorithm"),
    ("nOnE with a signature", lambda s: s.user(header={"alg": "nOnE"}), "unknown_algorithm"),
    ("no signature", lambda s: part(s.user(), 2, ""), "bad_signature"),
    ("HS256 with the public key", lambda s: s.user(as_public_key(s), {"alg": "HS256"}), "unknown_key"),
    ("HS256 with the public key, no id", lambda s: token(as_public_key(s), {"alg": "HS256"}, {"iss": "x", "exp": soon()}), "bad_signature"),
    ("HS256 with an empty secret", lambda s: s.user(Secret(b""), {"alg": "HS256"}), "unknown_key"),
    ("RS256 by the partner's id", lambda s: s.user(header={"kid": "partner"}), "unknown_key"),
    ("partner: another secret", lambda s: s.partners(OTHER), "bad_signature"),
    ("HS384", lambda s: s.user(header={"alg": "HS384"}), "unknown_algorithm"),
    ("PS256", lambda s: s.user(header={"alg": "PS256"}), "unknown_algorithm"),
    ("rs256", lambda s: s.user(header={"alg": "rs256"}), "unknown_algorithm"),
    ("alg a number", lambda s: s.user(header={"alg": 1}), "malformed"),
    ("alg a list", lambda s: s.user(header={"alg": ["RS256"]}), "malformed"),
    ("kid a number", lambda s: s.user(header={"kid": 1}), "malformed"),
    ("kid a path", lambda s: s.user(header={"kid": "../../dev/null"}), "unknown_key"),
    ("crit", lambda s: s.user(header={"crit": ["exp"]}), "malformed"),
    ("a key of its own", lambda s: s.user(s.pass_key, {"jwk": s.pass_key.jwk("id")}), "bad_signature"),
    ("a key elsewhere", lambda s: s.user(s.pass_key, {"jku": "http://127.0.0.1/", "x5u": "http://127.0.0.1/"}), "bad_signature"),
    ("signature changed", lambda s: flipped(s.user()), "bad_signature"),
    ("claims changed", lambda s: part(s.user(), 1, b64(json.dumps({"iss": "x", "sub": "admin"}))), "bad_signature"),
    ("cut in the signature", lambda s: s.user()[:-10], "bad_signature"),
    ("cut in the claims", lambda s: s.user()[:80], "malformed"),
    ("cut to two parts", lambda s: s.user().rsplit(".", 1)[0], "malformed"),
    ("doubled", lambda s: s.user() + s.user(), "malformed"),
    ("doubled with a comma", lambda s: f"{s.user()}, Bearer {s.user()}", "malformed"),
    ("four parts", lambda s: s.user() + ".a", "malformed"),
    ("five parts, as if encrypted", lambda s: s.user() + ".a.b", "malformed"),
    ("dots alone", lambda s: "..", "malformed"),
    ("one word", lambda s: "token", "malformed"),
    ("padded", lambda s: s.user() + "==", "malformed"),
    ("plain base64", lambda s: part(s.user(), 2, "+/" * 20), "malformed"),
    ("a space within", lambda s: s.user().replace(".", " .", 1), "malformed"),
    ("oversized", lambda s: s.user(x="a" * 12000), "malformed"),
    ("header no JSON", lambda s: part(s.user(), 0, b64("{")), "malformed"),
    ("header a list", lambda s: part(s.user(), 0, b64("[]")), "malformed"),
    ("header deep", lambda s: part(s.user(), 0, b64("[" * 3000)), "malformed"),
    ("alg twice", lambda s: part(s.user(), 0, b64('{"alg":"none","alg":"RS256"}')), "malformed"),
    ("claims a list", lambda s: token(s.id_key, {"alg": "RS256", "kid": "id"}, "[]"), "malformed"),
    ("claims twice", lambda s: token(s.id_key, {"alg": "RS256", "kid": "id"}, '{"sub":"a","sub":"b"}'), "malformed"),
    ("claims no UTF-8", lambda s: s.id_key and part(s.user(), 1, b64(b"\xff")), "bad_signature"),
]  # fmt: skip

TICKETS = [
    ("expired", lambda s: s.ticket(exp=soon(-1)), ticket("expired")),
    ("no expiry", lambda s: s.ticket(exp=None), ticket("expired")),
    ("another secret", lambda s: s.ticket(OTHER), ticket("bad_signature")),
    ("another issuer", lambda s: s.ticket(iss="other"), ticket("wrong_issuer")),
    ("signature changed", lambda s: flipped(s.ticket()), ticket("bad_signature")),
    ("cut", lambda s: s.ticket()[:-3], ticket("bad_signature")),
    ("doubled", lambda s: s.ticket() + s.ticket(), ticket("malformed")),
    ("no signature", lambda s: part(s.ticket(), 2, ""), ticket("bad_signature")),
    ("no ticket", lambda s: s.ticket(ticket=None), ticket("malformed")),
    ("ticket no id", lambda s: s.ticket(ticket="1"), ticket("malformed")),
    ("no position", lambda s: s.ticket(at=None), ticket("malformed")),
    ("position no position", lambda s: s.ticket(at="1-2"), ticket("malformed")),
    ("position negative", lambda s: s.ticket(at="0-0--1"), ticket("malformed")),
    ("another room", lambda s: s.ticket(aud="inside"), 'The token is for room "inside".'),
    ("no room", lambda s: s.ticket(aud=None), 'The token is for room "".'),
    ("oversized", lambda s: s.ticket(x="a" * 12000), ticket("malformed")),
    ("claims changed", lambda s: part(s.ticket(), 1, b64("{}")), ticket("bad_signature")),
    ("a device's token", lambda s: s.device(), user("unknown_key")),
    ("a pass", lambda s: s.pass_(), "Show the ticket's token, or a cookie, or join first."),
    ("none", lambda s: s.ticket(header={"alg": "none"}), user("unknown_algorithm")),
    ("another type", lambda s: s.ticket(header={"typ": "JWT"}), user("unknown_key")),
    ("signed by the pass's key", lambda s: s.ticket(s.pass_key, {"alg": "RS256", "kid": "passes"}), user("unknown_key")),
]  # fmt: skip

PASSES = [  # as POST /v1/passes/verify says of them
    ("garbage", lambda s: "a.b.c", "malformed"),
    ("a ticket", lambda s: s.ticket(), "unknown_key"),
    ("a ticket of the pass's key", lambda s: s.pass_(header={"typ": "doorward-ticket+jwt"}), "wrong_type"),
    ("no type", lambda s: token(s.pass_key, {"alg": "RS256", "kid": "passes"}, {"iss": "doorward"}), "wrong_type"),
    ("a user", lambda s: s.user(), "unknown_key"),
    ("another key", lambda s: s.pass_(s.id_key), "bad_signature"),
    ("HS256 with the public key", lambda s: s.pass_(Secret(s.pass_key.pem.encode()), {"alg": "HS256"}), "unknown_key"),
    ("by the secret of tickets", lambda s: s.pass_(s.secret, {"alg": "HS256", "kid": "secrets"}), "unknown_key"),
    ("none", lambda s: part(s.pass_(header={"alg": "none"}), 2, ""), "unknown_algorithm"),
    ("expired long ago", lambda s: s.pass_(exp=soon(-40 * 86400)), "expired"),
    ("another issuer", lambda s: s.pass_(iss="other"), "wrong_issuer"),
    ("another room", lambda s: s.pass_(aud="inside"), "wrong_audience"),
    ("no ticket", lambda s: s.pass_(ticket=None), "malformed"),
    ("nobody's ticket", lambda s: s.pass_(), "forgotten"),
    ("cut", lambda s: s.pass_()[:-2], "bad_signature"),
    ("doubled", lambda s: s.pass_() + s.pass_(), "malformed"),
]  # fmt: skip

TICKET = {"state": "waiting", "room": "sale"}


def bearer(path, make, method="GET", host=None):
    def request(stage):
        field = f"Authorization: Bearer {make(stage)}"
        return get(path, field, method=method) if host else call(method, path, field)

    return request


def verify(make):
    return lambda stage: call("POST", "/v1/passes/verify", body=json.dumps({"pass": make(stage), "room": "sale"}))


def pass_cookie(make):
    return lambda stage: get("/buy/x", f"Cookie: doorward_pass_sale={make(stage)}")


ROWS = (
    [Row(f"user's token: {name}", bearer(SELF, make), 401, user(reason)) for name, make, reason in USERS]
    + [Row(f"ticket's token: {name}", bearer(SELF, make), 401, detail) for name, make, detail in TICKETS]
    + [Row(f"verify a pass: {name}", verify(make), 200, members={"valid": False, "reason": reason}) for name, make, reason in PASSES]
    + [Row(f"gate, pass by bearer: {name}", bearer("/buy/x", make, host=True), 429, members=TICKET) for name, make, _ in PASSES if "ticket" != name[2:]]
    + [Row(f"gate, pass by cookie: {name}", pass_cookie(make), 429, members=TICKET) for name, make, _ in PASSES]
    + [Row(f"gate, ticket's token: {name}", bearer("/buy/x", make, host=True), 401, detail) for name, make, detail in TICKETS if detail.startswith("The t")]
    + [
        Row("user's token: no subject", bearer(SELF, lambda s: s.user(sub=None)), 401, 'the token has no usable claim "sub"'),
        Row("user's token: subject a number", bearer(SELF, lambda s: s.user(sub=1)), 401, 'the token has no usable claim "sub"'),
        Row("user's token: subject too long", bearer(SELF, lambda s: s.user(sub="a" * 257)), 401, 'the token has no usable claim "sub"'),
        Row("user's token: right, without a place", bearer(SELF, lambda s: s.user(sub="user-2")), 404, "You have no place in this room; join first."),
        Row("partner's token: right, without a place", bearer(SELF, lambda s: s.partners()), 404, "You have no place in this room; join first."),
        Row("ticket's token: of the future", bearer(SELF, lambda s: s.ticket(at="99-0-0")), 410, "This place is given up; join again for a new one.", members={"reason": "forgotten"}),
        Row("ticket's token: right, nobody's", bearer(SELF, lambda s: s.ticket()), 410, "This place is given up; join again for a new one.",
            members={"reason": "forgotten", "ticket": NOBODY}),
        Row("join: an expired token", bearer("/v1/rooms/sale/tickets", lambda s: s.user(exp=1), "POST"), 401, user("expired")),
    ]
)  # fmt: skip
