"""What no file may say: leftovers, and paths of the machine that it was written on."""

import re

from .tree import Finding, line_of

_LEFTOVER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
_HOME = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/[\w.]")
# Written by others.
_SKIP = re.compile(r"(?:^|/)(?:package-lock\.json|LICENSE[^/]*)$|(?:^|/)vendor/|^fuzz/corpus/")


def check(tree):
    here = _machine_paths(tree.root)
    for file in tree.files.values():
        if _SKIP.search(file.path):
            continue
        for match in _LEFTOVER.finditer(file.text):
            yield Finding(file.path, line_of(file.text, match.start()), "leftover",
                          f"{match.group()}: do it now, or file an issue")
        for pattern in (_HOME, here):
            for match in pattern.finditer(file.text) if pattern else ():
                yield Finding(file.path, line_of(file.text, match.start()), "machine-path",
                              f"`{match.group()}` exists on one machine only")


def _machine_paths(root):
    """Where this very tree stands."""
    parts = root.resolve().parts
    return re.compile(re.escape("/".join(parts)[1:]) + r"\b") if len(parts) > 2 else None
