"""Lengths of lines, files and functions. A ratchet lists the too long ones, which may shrink and never grow."""

import re

from .tree import Finding, line_of

RULE = "length"
RATCHET = "tools/tidy-ratchet.txt"
FILE_LIMIT = {".cpp": 400, ".hpp": 300}
FUNCTION_LIMIT = 70
COLUMNS = 100

_CONTAINER = re.compile(r"^(?:inline\s+)?(?:namespace|class|struct|union|enum|extern)\b")
_TEMPLATE = re.compile(r"^(?:template\s*<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>\s*)+")
_ATTRIBUTE = re.compile(r"\[\[.*?\]\]|\balignas\s*\([^)]*\)|\brequires\b[^{]*$")
_INITIALIZERS = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")
# A row of a table, which makes a function longer but not harder to read.
_ROW = re.compile(r"^[ \t]*\{.*\},[ \t]*$", re.MULTILINE)
# A raw string or an address cannot be broken.
_UNBREAKABLE = re.compile(r'https?://|R"|^\S*$|^[^"]*"[^"]{60,}"')


def functions(statements):
    """[(name, first line, lines)] of the functions in code without comments, strings and directives.

    Rows of tables do not count.
    """
    found, stack, start, parens = [], [], 0, 0
    for match in re.finditer(r"[{};()]", statements):
        at, mark = match.start(), match.group()
        if mark in "()":
            parens += 1 if mark == "(" else -1
        elif mark == ";" and parens == 0:
            start = at + 1
        elif mark == "{":
            inside = any(kind == "function" for kind, _, _ in stack)
            kind = "block" if inside or parens else _kind(statements[start:at])
            stack.append((kind, start, parens))
            parens = 0
            if kind in ("container", "function"):
                start = at + 1
        elif mark == "}" and stack:
            kind, begin, parens = stack.pop()
            if kind == "function":
                found.append(_describe(statements, begin, at))
            if kind in ("container", "function"):
                start = at + 1
    return found


def _kind(header):
    header = _TEMPLATE.sub("", header.strip())
    header = re.sub(r"^(?:public|private|protected)\s*:", "", _ATTRIBUTE.sub("", header)).strip()
    if _CONTAINER.match(header) and "(" not in header:
        return "container"
    if "(" not in header:
        return "initializer"
    # `: a_{1}, b_{2} {` in a constructor: only the last brace opens its body.
    if _INITIALIZERS.search(header) and re.search(r"[\w>]$", header):
        return "initializer"
    return "function"


def _describe(statements, begin, end):
    first = begin + len(statements[begin:end]) - len(statements[begin:end].lstrip())
    header = " ".join(statements[first : statements.index("{", first)].split())
    test = re.match(r"(?:TYPED_)?TEST(?:_[FP])?\(.*?\)", header)
    name = re.search(r"([\w:~]+|operator\s*\S+?)\s*\(", _TEMPLATE.sub("", header))
    label = test.group().replace(" ", "") if test else name.group(1) if name else header[:40]
    line = line_of(statements, first)
    rows = len(_ROW.findall(statements[first:end]))
    return label, line, line_of(statements, end) - line + 1 - rows


def check(tree):
    allowed = _read_ratchet(tree.text(RATCHET))
    for file in tree.cxx():
        for number, text in enumerate(file.text.splitlines(), 1):
            if len(text) > COLUMNS and not _UNBREAKABLE.search(text):
                yield Finding(file.path, number, RULE, f"{len(text)} columns, at most {COLUMNS}")
        yield from _judge(file.path, 1, file.path, "this file", file.lines(), FILE_LIMIT[file.suffix], allowed)
        for name, line, lines in functions(file.statements):
            key = f"{file.path} {name}"
            yield from _judge(file.path, line, key, name, lines, FUNCTION_LIMIT, allowed)
    for key in allowed:
        yield Finding(RATCHET, 1, RULE, f"`{key}` is gone: remove its line")


def _judge(path, line, key, what, lines, limit, allowed):
    ceiling = allowed.pop(key, None)
    if ceiling is None:
        if lines > limit:
            yield Finding(path, line, RULE, f"{what} has {lines} lines, at most {limit}: split it by phase")
    elif lines <= limit:
        yield Finding(RATCHET, 1, RULE, f"`{key}` is within the limit now: remove its line")
    elif lines > ceiling:
        yield Finding(path, line, RULE, f"{what} grew from {ceiling} to {lines} lines; it may only shrink")
    elif lines < ceiling:
        yield Finding(RATCHET, 1, RULE, f"`{key}` shrank to {lines} lines: lower it from {ceiling}")


def _read_ratchet(text):
    allowed = {}
    for row in text.splitlines():
        if row and not row.startswith("#"):
            lines, key = row.split(maxsplit=1)
            allowed[key] = int(lines)
    return allowed
