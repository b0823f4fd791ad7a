"""The ticketing gateway's example for load and benchmarks: one secret signs its users, one service stands behind.

Standard library only. What the real issuer does is tested in tests/compat.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path

SECRET = b"a secret of the load tests, long enough"
EXAMPLE = (Path(__file__).parents[2] / "examples" / "ticketing-gateway.yaml").read_text()
SERVICES = ["AUTH", "USER", "PRODUCT", "PAYMENT", "RESERVATION", "RESERVATION_SEAT", "ARTHALL", "TICKET"]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(subject):
    header = {"alg": "HS256", "typ": "JWT", "kid": "load"}
    claims = {"sub": subject, "userType": "CUSTOMER", "exp": int(time.time()) + 3600}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{base64url(hmac.new(SECRET, text.encode(), hashlib.sha256).digest())}"


def config(folder, more=""):
    """The example, with the keys in a file beside it."""
    keys = Path(folder) / "issuer-keys.json"
    keys.write_text(json.dumps({"keys": [{"kty": "oct", "kid": "load", "alg": "HS256", "k": base64url(SECRET)}]}))
    text, count = re.subn(r"jwks_uri: .*", f"jwks_file: {keys}", EXAMPLE)
    assert count == 1
    return text + more


def environment(capacity, backend_port=9):
    services = {f"{name}_SERVICE": f"http://127.0.0.1:{backend_port}" for name in SERVICES}
    return {"ALLOWED_IN_MAX_CAPACITY": str(capacity), **services}
