"""Loads the case classes of the Autobahn test suite, which are written for Python 2, into Python 3.

A byte string of theirs is here a `str` of the characters 0 to 255; the peer in autobahn_peer.py turns it into bytes.
"""

import binascii
import importlib.util
import re
from pathlib import Path


class States:
    STATE_CLOSED, STATE_CONNECTING, STATE_CLOSING, STATE_OPEN = range(4)
    MESSAGE_TYPE_TEXT, MESSAGE_TYPE_BINARY = 1, 2
    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007


class Utf8Validator:
    def reset(self):
        pass

    def validate(self, text):
        """(valid so far, ends on a code point) of a whole text."""
        try:
            text.encode("latin-1").decode("utf-8")
            return True, True
        except UnicodeDecodeError as e:
            return e.reason == "unexpected end of data", False


class Hex:
    @staticmethod
    def b2a_hex(text):
        return binascii.b2a_hex(text.encode("latin-1")).decode()


class CodePoint(str):
    def encode(self, *_):
        return str.encode(self, "utf-8", "surrogatepass").decode("latin-1")


def translate(source):
    source = re.sub(r"^(\s*)print .*$", r"\1pass", source, flags=re.M)
    source = re.sub(r"^(from|import) (?!.*\bre\b).*$", "", source, flags=re.M)
    source = re.sub(r"\(object, Case, ?\)", "(Case,)", source)
    return source.replace("len(self.payload) / self", "len(self.payload) // self")


def load_cases(excluded):
    """[(id, class)] without the excluded groups ('9')."""
    folder = Path(importlib.util.find_spec("autobahntestsuite").submodule_search_locations[0], "case")
    shims = {
        "binascii": Hex, "WebSocketProtocol": States, "Utf8Validator": Utf8Validator,
        "xrange": range, "unichr": lambda i: CodePoint(chr(i)),
    }  # fmt: skip

    def run(name):
        names = dict(shims)
        exec(compile(translate((folder / f"{name}.py").read_text("latin-1")), name, "exec"), names)
        return names

    case = run("case")["Case"]
    case.compare = lambda self, one, two: one == two
    shims["Case"] = case
    cases = {}
    for module in re.findall(r"^from (case\d\w+) import", (folder / "__init__.py").read_text(), flags=re.M):
        # The suite itself does not run 9.9.1.
        if module == "case9_9_1" or re.match(r"case(\d+)", module)[1] in excluded:
            continue
        names = run(module)
        shims.update({k: v for k, v in names.items() if k.startswith("Case")})  # later ones derive from them
        for name, value in names.items():
            for one in value if isinstance(value, list) and re.match(r"Case\d", name) else [value]:
                found = isinstance(one, type) and re.match(r"Case(\d+(?:_\d+)+)$", one.__name__)
                if found:
                    cases[tuple(map(int, found[1].split("_")))] = one
    return [(".".join(map(str, key)), cases[key]) for key in sorted(cases)]
