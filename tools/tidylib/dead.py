"""Files that nobody uses: headers without a user, pages and pictures that no page names."""

import posixpath
import re

from .tree import Finding

RULE = "dead"
_OWN = re.compile(r"(?:_test|_benchmark|_fuzz)?\.[ch]pp$")


def check(tree):
    yield from _headers(tree)
    yield from _pages(tree)


def _headers(tree):
    users = {}
    for file in tree.cxx():
        for include in file.includes:
            for target in (f"src/{include.target}", posixpath.join(posixpath.dirname(file.path), include.target)):
                users.setdefault(posixpath.normpath(target), set()).add(_OWN.sub("", file.path))
    for file in tree.cxx():
        if file.suffix == ".hpp" and not users.get(file.path, set()) - {_OWN.sub("", file.path)}:
            if file.path not in tree.text("cmake/layers.cmake"):
                yield Finding(file.path, 1, RULE, "nobody but its own .cpp and test includes it")


def _pages(tree):
    pages = {path: file.text for path, file in tree.files.items() if path.endswith(".md")}
    for path in tree.files:
        if not path.startswith("docs/") or path == "docs/README.md":
            continue
        name = posixpath.basename(path)
        if not any(name in text for page, text in pages.items() if page != path):
            yield Finding(path, 1, RULE, "no page names it: link it or remove it")
