"""What the pages point to exists: linked files, anchors, named files of the tree, and targets of make."""

import posixpath
import re

from .tree import Finding, line_of

RULE = "link"
_LINK = re.compile(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_NAMED = re.compile(r"(?<![\w./-])((?:docs|src|tools|cmake|tests|sim|fuzz|bench|examples|deploy)/[\w./-]*\w)(?![\w*<{…])")
_MAKE = re.compile(r"(?:^|`|\$ )make ([a-z]+)", re.MULTILINE)
_HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page):
    """The anchors that GitHub gives the headings of a page."""
    found = set()
    for heading in _HEADING.findall(_FENCE.sub("", page)):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def check(tree):
    folders = {posixpath.dirname(path)[: cut] for path in tree.files for cut in _cuts(posixpath.dirname(path))}
    known = set(tree.files) | tree.pictures | folders
    targets = set(re.findall(r"^([a-z]+):", tree.text("Makefile"), re.MULTILINE))
    for file in tree.files.values():
        if file.suffix == ".md":
            yield from _links(tree, file, known)
            for match in _MAKE.finditer(file.text):
                if targets and match[1] not in targets:
                    yield Finding(file.path, line_of(file.text, match.start()), RULE, f"there is no `make {match[1]}`")
        # Pages name anything of the tree; a comment in code often names a page.
        if file.suffix in (".md", ".cpp", ".hpp", ".txt", ".cmake", ".yaml"):
            for match in _NAMED.finditer(file.text):
                name = match[1].rstrip(".")
                if (file.suffix == ".md" or name.startswith("docs/")) and not _exists(name, known):
                    yield Finding(file.path, line_of(file.text, match.start()), RULE, f"{name} does not exist")


def _cuts(folder):
    return [i for i, c in enumerate(folder) if c == "/"] + [len(folder)]


def _exists(name, known):
    return name in known or any(f"{name}{end}" in known for end in (".md", ".hpp", ".cpp"))


def _links(tree, file, known):
    for match in _LINK.finditer(_FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), file.text)):
        target, _, anchor = match[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target)) if target else file.path
        line = line_of(file.text, match.start())
        if path not in known:
            yield Finding(file.path, line, RULE, f"{match[1]}: no such file")
        elif anchor and path.endswith(".md") and anchor not in anchors(tree.text(path)):
            yield Finding(file.path, line, RULE, f"{match[1]}: no such heading")
