"""What a row of the tables is, and how requests are written for one."""

from dataclasses import dataclass, field

SHOP = "Host: shop.example"
API = "Host: api.example"  # no route has it: Doorward's own calls answer there


@dataclass
class Row:
    name: str
    request: object  # bytes, or what makes them of the Stage
    status: int
    detail: str = None  # of the problem; None: the answer is no problem
    closed: bool = False
    fields: dict = field(default_factory=dict)  # that the answer must have
    members: dict = field(default_factory=dict)  # that its JSON must have


def get(target, *fields, host=SHOP, version="HTTP/1.1", method="GET", body=b""):
    lines = [f"{method} {target} {version}"] + ([host] if host else []) + list(fields)
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def call(method, path, *fields, body=None, type="application/json"):
    """A call of Doorward's own API, with a body of text or bytes."""
    lines = list(fields)
    content = b"" if body is None else body.encode() if isinstance(body, str) else body
    if body is not None:
        lines.append(f"Content-Length: {len(content)}")
        if type:
            lines.append(f"Content-Type: {type}")
    return get(path, *lines, host=API, method=method, body=content)
