"""Forms of co_await that GCC 12 miscompiles: temporaries beside an await are destroyed twice, or a branch traps.

The remedy is the same for each: give the value a name in a statement before.
"""

import re

from .tree import Finding, line_of

RULE = "co_await"
_AWAIT = re.compile(r"\bco_await\b")
_CONDITION = re.compile(r"\b(?:if|switch)(?:\s+constexpr)?\s*\(")
# What clang-format writes with a blank on both sides; `auto&& x` it writes with one.
_BRANCH = re.compile(r"(?<=\s)(?:&&|\|\||\?)(?=\s)")
_LAMBDA = re.compile(r"(?:[\])]|\bmutable|\bnoexcept|->[^(){};,]*)\s*$")
_OPEN, _CLOSE = "([{", ")]}"


def check(tree):
    for file in tree.cxx("src", "sim", "tests"):
        code = file.statements
        conditions = [span for match in _CONDITION.finditer(code) for span in _condition(code, match.end())]
        for match in _AWAIT.finditer(code):
            for message in _faults(code, match, conditions):
                yield Finding(file.path, line_of(code, match.start()), RULE, f"{message}; name the value first")


def _faults(code, match, conditions):
    begin, end = _expression(code, match.start())
    if any(first <= match.start() < last for first, last in conditions):
        yield "awaited in a condition"
    elif any(_BRANCH.search(text) for text in _levels(code, match.start())):
        yield "awaited within &&, || or ? and :"
    if _has_braces(code, match.end(), end):
        yield "a value made with braces within the awaited expression"


def _condition(code, begin):
    """The condition of an if whose parenthesis opened before `begin`; not its `T x = co_await f();`."""
    depth, at = 1, begin
    while at < len(code) and depth:
        depth += (code[at] in _OPEN) - (code[at] in _CLOSE)
        if code[at] == ";" and depth == 1:
            begin = at + 1
        at += 1
    yield begin, at - 1


def _expression(code, at):
    """The expression around `at`, out to the bracket, comma or semicolon that ends it."""
    begin, depth = at, 0
    while begin > 0:
        mark = code[begin - 1]
        if depth == 0 and (mark in _OPEN or mark in ";,}"):
            break
        depth += (mark in _CLOSE) - (mark in _OPEN)
        begin -= 1
    end, depth = at, 0
    while end < len(code):
        mark = code[end]
        if depth == 0 and (mark in _CLOSE or mark in ";,"):
            break
        depth += (mark in _OPEN) - (mark in _CLOSE)
        end += 1
    return begin, end


def _levels(code, at):
    """The expression around `at`, and those that it is in brackets of, each without what its own brackets hold."""
    while True:
        begin, end = _expression(code, at)
        yield _same_level(code, begin, end)
        # Past a comma or to the end of what an outer bracket holds.
        while begin > 0 and code[begin - 1] == ",":
            begin, _ = _expression(code, begin - 1)
        if begin == 0 or code[begin - 1] not in "([":
            return
        at = begin - 1


def _same_level(code, begin, end):
    """The expression without what stands in brackets, where a branch is not one about this await."""
    text, depth = [], 0
    for mark in code[begin:end]:
        depth -= mark in _CLOSE
        text.append(mark if depth == 0 else " ")
        depth += mark in _OPEN
    return "".join(text)


def _has_braces(code, begin, end):
    at = begin
    while at < end:
        if code[at] == "{":
            if not _LAMBDA.search(code[begin:at]):
                return True
            at = _after(code, at)  # a lambda's body is code of its own
        else:
            at += 1
    return False


def _after(code, at):
    depth = 0
    while at < len(code):
        depth += (code[at] in _OPEN) - (code[at] in _CLOSE)
        at += 1
        if depth == 0:
            break
    return at
