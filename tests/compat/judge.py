"""Holds the answers of compatible calls to the OpenAPI document that the same server gives."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "openapi"))
from document import METHODS, Document  # noqa: E402


class Judge:
    def __init__(self, server):
        self.document = Document(server.call("GET", "/openapi.json")[2])
        self.rows = []
        for path, item in self.document.text["paths"].items():
            # A name at the end takes all that follows.
            pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^?]+", re.escape(path)))
            self.rows += [(method.upper(), pattern, path) for method in METHODS if method in item]

    def complaints(self, method, target, status, headers, body):
        """What is wrong with an answer; nothing where the call is not one of the document."""
        target = target.partition("?")[0]
        path = next((path for verb, pattern, path in self.rows if verb == method and pattern.fullmatch(target)), None)
        if path is None or status in (101, 405):
            return []
        media = (headers.get("Content-Type") or "").partition(";")[0]
        return [f"{method} {target}: {status} {json.dumps(body)[:200]}: {complaint}"
                for complaint in self.document.judge(method, path, status, media, body)]  # fmt: skip
