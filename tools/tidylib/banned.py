"""Calls that only some layers may make. The rest gets their result as an argument or through a port."""

import re
from typing import NamedTuple

from .tree import Finding, line_of

OUTSIDE = {"adapters", "edge", "app"}
ASIO = OUTSIDE | {"gateway", "api"}


class Ban(NamedTuple):
    rule: str
    pattern: str
    layers: set  # layers whose code may do it
    roles: set  # file roles that may do it in any layer
    instead: str
    tests: bool = True  # whether tests in the allowed layers may do it as well


# A call of a free function, not of a member or of something else's namespace.
_FREE = r"(?<![\w.>:])(?:std::|::)?"

BANS = [
    # A test may measure how long it has waited, so that a broken thread fails it instead of hanging it.
    Ban("clock", r"\bsteady_clock::now\b", OUTSIDE, {"test", "benchmark", "contract"},
        "take `now` as an argument, or ask a ports::Clock"),
    Ban("clock", r"\b(?:system|high_resolution|utc)_clock::now\b", OUTSIDE, {"benchmark"},
        "take `now` as an argument, or ask a ports::Clock"),
    Ban("clock", _FREE + r"(?:time\s*\(\s*(?:nullptr|NULL|0|&)|(?:gettimeofday|clock_gettime|localtime|gmtime)\s*\()",
        OUTSIDE, {"benchmark"}, "take `now` as an argument, or ask a ports::Clock"),
    Ban("random", r"\brandom_device\b|" + _FREE + r"(?:s?rand|getrandom|getentropy|RAND_bytes)\s*\(", OUTSIDE, set(),
        "take ids and seeds in the command, or ask a ports::Entropy"),
    Ban("random", r"\b(?:mt19937(?:_64)?|minstd_rand|default_random_engine)\b", OUTSIDE,
        {"test", "benchmark", "fuzz", "contract"}, "take random values as arguments"),
    Ban("sleep", r"\bsleep_(?:for|until)\b|" + _FREE + r"(?:sleep|usleep|nanosleep)\s*\(", OUTSIDE, set(),
        "wait on a timer or a condition; in a test, for the event itself", tests=False),
    Ban("getenv", _FREE + r"(?:secure_getenv|getenv|setenv|putenv)\s*\(", OUTSIDE, set(),
        "read settings in app/ and pass them down"),
    Ban("sockets", r"#\s*include\s*<(?:sys/socket|sys/un|netinet/\w+|arpa/inet|netdb|poll|sys/epoll)\.h>", OUTSIDE,
        set(), "sockets belong to edge/ and adapters/"),
    Ban("sockets", r"#\s*include\s*<boost/asio\b", ASIO, set(),
        "keep I/O out of here: pass bytes in and out, or use a port"),
    Ban("sockets", r"#\s*include\s*<boost/beast\b", ASIO | {"wire"}, set(), "parsers belong to wire/"),
    Ban("new", r"\bnew\s+(?:\(\s*std::nothrow\s*\)\s*)?[A-Za-z_:]", OUTSIDE, set(), "std::make_unique or a container"),
    Ban("new", _FREE + r"(?:malloc|calloc|realloc)\s*\(", OUTSIDE, set(), "std::make_unique or a container"),
    Ban("loop", r"\bfor\s*\([^;{}()]*[^:]:(?!:)(?:[^;{}()]|\([^()]*\))*\([^()]*\)->", set(), set(),
        "name the pointer first: it dies before the loop begins, and may have been the last"),
    Ban("print", r"\bstd::(?:cout|cerr|clog)\b|" + _FREE + r"(?:printf|fprintf|puts)\s*\(|\bfmt::print\b", {"app"},
        {"test", "benchmark", "contract"}, "return the text; app/ writes it"),
]

# (rule, file): why the rule does not hold there.
EXCEPTIONS = {
    ("random", "src/wire/jose/key.cpp"): "makes signing keys, whose randomness is OpenSSL's own",
}

_COMPILED = [(ban, re.compile(ban.pattern)) for ban in BANS]


def check(tree):
    # The simulator must be as much a function of its seed as the layers are.
    for file in tree.cxx("src", "sim"):
        for ban, pattern in _COMPILED:
            if _allowed(file, ban) or (ban.rule == "print" and file.layer is None):
                continue
            for match in pattern.finditer(file.code):
                found = match.group().strip()
                yield Finding(file.path, line_of(file.code, match.start()), ban.rule, f"`{found}`: {ban.instead}")


def _allowed(file, ban):
    if file.role in ban.roles or (ban.rule, file.path) in EXCEPTIONS:
        return True
    return file.layer in ban.layers and (ban.tests or file.role != "test")
