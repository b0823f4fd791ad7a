"""The pages are whole: every call and problem is in docs/api.md, and README.md leads to every page.

Settings and metrics are held to their pages by app_test, which has them as the program does; the OpenAPI document
is held to the router by api_test.
"""

import itertools
import json
import re

from .tree import Finding, line_of

RULE = "reference"
PAGE = "docs/api.md"
DOCUMENT = "src/api/openapi/openapi.json"
PROBLEMS = "src/gateway/problems.hpp"
_METHODS = {"get", "put", "post", "patch", "delete"}
_CALL = re.compile(r"`([A-Z]+(?:\\\|[A-Z]+)*) (/\S+)`")
_CHOICE = re.compile(r"\{(\w+(?:,\w+)+)\}")
_PROBLEM = re.compile(r'ProblemType \w+\{"([\w-]+)", (\d+), "([^"]+)"\}')
_ROW = re.compile(r"^\| `([\w-]+)` \| (\d+) \| ([^|]+) \|$", re.MULTILINE)


def check(tree):
    page = tree.text(PAGE)
    if tree.text(DOCUMENT):
        document = {f"{method.upper()} {path}" for path, item in json.loads(tree.text(DOCUMENT))["paths"].items()
                    for method in _METHODS & item.keys()}
        yield from _compare(_section(page, "Calls"), page, document, "call")
    if tree.text(PROBLEMS):
        yield from _compare_problems(page, set(_PROBLEM.findall(tree.text(PROBLEMS))))
    yield from _check_readme(tree)


def _section(page, heading):
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def calls(text):
    """{"METHOD /path"} of what a page writes as `GET\\|PUT /a/{b,c}`."""
    found = set()
    for methods, path in _CALL.findall(text):
        choice = _CHOICE.search(path)
        ends = choice.group(1).split(",") if choice else [None]
        for method, end in itertools.product(methods.split("\\|"), ends):
            found.add(f"{method} {path.replace(choice.group(), end) if choice else path}")
    return found


def _compare(section, page, known, what):
    written = calls(section)
    for name in sorted(known - written):
        yield Finding(PAGE, 1, RULE, f"the {what} {name} is missing")
    for name in sorted(written - known):
        line = line_of(page, max(page.find(name), 0))
        yield Finding(PAGE, line, RULE, f"there is no {what} {name} in {DOCUMENT}")


def _compare_problems(page, known):
    written = set(_ROW.findall(page))
    for name, status, title in sorted(known - written):
        yield Finding(PAGE, 1, RULE, f"the problem {name} ({status}, {title}) is missing")
    for name, status, title in sorted(written - known):
        yield Finding(PAGE, line_of(page, page.find(f"| `{name}`")), RULE, f"{name} stands otherwise in {PROBLEMS}")


def _check_readme(tree):
    readme = tree.text("README.md")
    for path in tree.files:
        if re.fullmatch(r"docs/[\w-]+\.md", path) and f"]({path}" not in readme:
            yield Finding("README.md", 1, RULE, f"leads nowhere to {path}")
