"""What system 4's queue and system 2's `/reserve` answer, asked of a server before it is measured.

So that two servers which are compared do the same. A *side* is anything with `call(method, path, headers)` → (status, headers,
answer), `configure(key, **settings)`, `set_stock(count)` and `lock()`, a context in which somebody else has the lock.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid

SECRET = "a-secret-of-both-sides-that-is-long-enough"
# Of `contract` alone; the rest is measured.
QUEUE, OTHER, READY, LIMITED = KEYS = [f"a-key-of-a-business-in-the-contract-{n}" for n in range(4)]
NO_LIMIT = 1_000_000_000
NEVER = {"admission_frequency": 86_400}  # in this run
AT_ONCE = {"admission_limit": 1_000_000, "admission_frequency": 1}
WIDE = {
    "admission_limit": 1, "jwt_expiry_seconds": 600, "ready_ttl_seconds": 3600,
    "ip_enqueue_limit": NO_LIMIT, "ip_enqueue_limit_interval": 60,
    "ip_status_polling_limit": NO_LIMIT, "ip_status_polling_limit_interval": 60,
}  # fmt: skip


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_of(jwt):
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed(claims, secret=SECRET):
    text = encode(b'{"alg":"HS256","typ":"JWT"}') + "." + encode(json.dumps(claims).encode())
    return text + "." + encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def expired(jwt):
    """The same, genuine, whose time was up a minute ago."""
    return signed({**claims_of(jwt), "exp": int(time.time()) - 60})


def wait_until_ready(side, key, jwt):
    until = time.monotonic() + 30
    while not good(side, "GET", "/queue/status", business_id=key, jwt=jwt)["ready"]:
        assert time.monotonic() < until, f"{side.name}: nobody is admitted"
        time.sleep(0.05)


def good(side, method, path, **headers):
    status, _, answer = side.call(method, path, headers)
    assert status == 200, (side.name, method, path, status, answer)
    return answer


def enqueue(side, key, user):
    return good(side, "POST", "/queue/enqueue", business_id=key, user_id=user)


def check(side):
    """Every line of the contract that the measured calls have. The first that does not hold is named."""
    for key, settings in ((QUEUE, NEVER), (OTHER, NEVER), (READY, AT_ONCE), (LIMITED, NEVER)):
        side.configure(key, **{**WIDE, **settings})
    for line in (_enqueue, _status, _verify, _refusals, _limits, _reserve):
        line(side)


def expect(side, what, answer, wanted):
    assert answer == wanted, f"{side.name}: {what}: {answer}, not {wanted}"


def _enqueue(side):
    first, second = enqueue(side, QUEUE, "ann"), enqueue(side, QUEUE, "bob")
    expect(side, "members", list(first), ["jwt", "position", "message"])
    expect(side, "positions", (first["position"], second["position"]), (1, 2))
    expect(side, "message", first["message"], "User enqueued successfully.")
    expect(side, "JWT's time", claims_of(first["jwt"])["exp"] - claims_of(first["jwt"])["iat"], WIDE["jwt_expiry_seconds"])
    again = enqueue(side, QUEUE, "ann")
    expect(side, "already queued", (again["jwt"], again["position"]), ("", 1))
    expect(side, "the queue of another business", enqueue(side, OTHER, "ann")["position"], 1)


def _status(side):
    enqueue(side, QUEUE, "eve")
    jwt = enqueue(side, QUEUE, "dan")["jwt"]
    here = {"warning_msg": None, "jwt_token": jwt, "position": 4, "ready": False}
    status = good(side, "GET", "/queue/status", business_id=QUEUE, jwt=jwt)
    expect(side, "status", (list(status), status), (list(here), here))
    renewed = good(side, "GET", "/queue/status", business_id=QUEUE, jwt=expired(jwt))
    expect(side, "an expired JWT's place", renewed["position"], 4)
    assert claims_of(renewed["jwt_token"])["exp"] > time.time() + 60, f"{side.name}: an expired JWT is not issued again"
    expect(side, "the new JWT", good(side, "GET", "/queue/status", business_id=QUEUE, jwt=renewed["jwt_token"])["position"], 4)
    stranger = signed({**claims_of(jwt), "user_id": "nobody"})
    status = good(side, "GET", "/queue/status", business_id=QUEUE, jwt=stranger)
    assert isinstance(status.pop("warning_msg"), str), f"{side.name}: a stranger is not warned"
    expect(side, "a stranger", status, {"jwt_token": stranger, "position": None, "ready": False})


def _verify(side):
    waits = enqueue(side, QUEUE, "pat")["jwt"]
    expect(side, "verify", good(side, "GET", "/queue/verify", business_id=QUEUE, jwt=waits)["ready"], False)
    expect(side, "an expired JWT", side.call("GET", "/queue/verify", {"business_id": QUEUE, "jwt": expired(waits)})[0], 401)
    enters = enqueue(side, READY, "ann")["jwt"]
    wait_until_ready(side, READY, enters)
    is_ready = {"message": "User is ready", "ready": True}
    for jwt in (enters, expired(enters)):
        expect(side, "verify", good(side, "GET", "/queue/verify", business_id=READY, jwt=jwt), is_ready)
    status = good(side, "GET", "/queue/status", business_id=READY, jwt=enters)
    expect(side, "one who is ready", status, {"warning_msg": None, "jwt_token": enters, "position": None, "ready": True})
    again = enqueue(side, READY, "ann")
    expect(side, "already ready", (again["jwt"], type(again["position"])), ("", int))


def _refusals(side):
    jwt = enqueue(side, QUEUE, "kim")["jwt"]
    foreign = enqueue(side, OTHER, "kim")["jwt"]
    forged = signed(claims_of(jwt), "another secret that is long enough too")
    calls = (("POST", "/queue/enqueue", "user_id"), ("GET", "/queue/status", "jwt"), ("GET", "/queue/verify", "jwt"))
    for method, path, more in calls:
        value = jwt if more == "jwt" else "kim"
        status, _, answer = side.call(method, path, {})
        named = sorted(fault["loc"][-1] for fault in answer["detail"])
        expect(side, path + " without headers", (status, named), (422, sorted(["business_id", more])))
        expect(side, path + " without one", side.call(method, path, {"business_id": QUEUE})[0], 422)
        status = side.call(method, path, {"business_id": "unknown", more: value})[0]
        expect(side, path + " of an unknown business", status, 401)
        for bad in (forged, foreign, jwt + "x", "x") if more == "jwt" else ():
            expect(side, path + " with " + bad, side.call(method, path, {"business_id": QUEUE, "jwt": bad})[0], 401)


def _limits(side):
    few = {"ip_enqueue_limit": 1, "ip_enqueue_limit_interval": 600, "ip_status_polling_limit": 1, "ip_status_polling_limit_interval": 600}
    side.configure(LIMITED, **{**WIDE, **NEVER, **few})
    jwt = enqueue(side, LIMITED, "ann")["jwt"]
    good(side, "GET", "/queue/status", business_id=LIMITED, jwt=jwt)
    for method, path, more in (("POST", "/queue/enqueue", {"user_id": "bob"}), ("GET", "/queue/status", {"jwt": jwt})):
        status, headers, _ = side.call(method, path, {"business_id": LIMITED, **more})
        expect(side, path + " over its limit", status, 429)
        assert 1 <= int(headers["Retry-After"]) <= 600, (side.name, headers)
    good(side, "GET", "/queue/verify", business_id=LIMITED, jwt=jwt)  # which has none


def _reserve(side):
    side.set_stock(1)
    with side.lock():
        status, headers, answer = side.call("POST", "/reserve", {})
        expect(side, "locked", (status, answer), (429, {"detail": "예약 중입니다. 잠시 후 다시 시도해주세요."}))
        assert int(headers["Retry-After"]) >= 1, (side.name, headers)
    answer = good(side, "POST", "/reserve")
    expect(side, "reserved", (list(answer), answer["message"]), (["message", "user_id"], "예약 성공!"))
    expect(side, "a user", uuid.UUID(answer["user_id"]).version, 4)
    status, _, answer = side.call("POST", "/reserve", {})
    expect(side, "sold out", (status, answer), (400, {"detail": "티켓 매진"}))
