"""Tokens of every kind, right and wrong. RS256 by the arithmetic itself: the standard library has no RSA."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import time

RSA_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b"=").decode()


def _items(der):
    """The elements of a DER sequence's content: (tag, content)."""
    while der:
        tag, size, at = der[0], der[1], 2
        if size & 0x80:
            at = 2 + (size & 0x7F)
            size = int.from_bytes(der[2:at], "big")
        yield tag, der[at : at + size]
        der = der[at + size :]


class RsaKey:
    def __init__(self):
        """Made by the program under test."""
        self.pem = subprocess.run(
            [os.environ["DOORWARD_BINARY"], "token", "key", "--algorithm", "RS256"], check=True, capture_output=True, text=True
        ).stdout
        der = base64.b64decode("".join(line for line in self.pem.splitlines() if not line.startswith("-")))
        (_, info), = _items(der)
        (_, inner), = _items(list(_items(info))[2][1])
        numbers = [int.from_bytes(content, "big") for _, content in _items(inner)]
        self.n, self.e, self.d = numbers[1:4]
        self.size = (self.n.bit_length() + 7) // 8

    def sign(self, data):
        digest = RSA_SHA256 + hashlib.sha256(data).digest()
        padded = b"\0\1" + b"\xff" * (self.size - len(digest) - 3) + b"\0" + digest
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(self.size, "big")

    def jwk(self, kid):
        number = lambda n: b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))  # noqa: E731
        return {"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": number(self.n), "e": number(self.e)}


class Secret:
    def __init__(self, secret):
        self.secret = secret

    def sign(self, data):
        return hmac.new(self.secret, data, hashlib.sha256).digest()


def token(key, header, claims):
    head = json.dumps(header, separators=(",", ":"))
    text = f"{b64(head)}.{b64(claims if isinstance(claims, str) else json.dumps(claims))}"
    return f"{text}.{b64(key.sign(text.encode()))}" if key else f"{text}."


def soon(seconds=600):
    return int(time.time()) + seconds
