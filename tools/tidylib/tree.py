"""The tree as the checks see it: its files, their text, and their code without comments and strings."""

import re
import subprocess
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

CXX = (".cpp", ".hpp")
# Everything that may hold text which is not code, in the order in which it must be recognised.
_NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Include(NamedTuple):
    line: int
    quoted: bool
    target: str


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class File:
    """One file of the tree; `path` is relative to the root, with forward slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text

    @property
    def suffix(self):
        return Path(self.path).suffix

    @property
    def layer(self):
        """The folder below src/, or None."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else None

    @property
    def role(self):
        """What the file is by its name: test, benchmark, fuzz, contract or code."""
        for role in ("test", "benchmark", "fuzz"):
            if re.search(rf"_{role}(?:_support)?\.[ch]pp$", self.path):
                return role
        if "/contract/" in self.path or "/testing/" in self.path:
            return "contract"
        return "code"

    @cached_property
    def code(self):
        """The text with comments, strings and characters turned to blanks; lines stay lines."""
        return _NOT_CODE.sub(_blank, self.text)

    @cached_property
    def statements(self):
        """The code without preprocessor directives."""
        return _DIRECTIVE.sub(_blank, self.code)

    @cached_property
    def includes(self):
        return [
            Include(line_of(self.text, m.start(1)), m.group(1) == '"', m.group(2))
            for m in _INCLUDE.finditer(self.text)
        ]

    def lines(self):
        return self.text.count("\n")


class Tree:
    def __init__(self, root, files, pictures=()):
        self.root = Path(root)
        self.files = {f.path: f for f in files}
        self.pictures = set(pictures)  # paths of what is no text

    def cxx(self, *folders):
        """The C++ files, or those below the given top folders."""
        for file in self.files.values():
            if file.suffix in CXX and (not folders or file.path.split("/")[0] in folders):
                yield file

    def text(self, path):
        return self.files[path].text if path in self.files else ""


def load(root):
    """The files that git knows or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout
    files, pictures = [], []
    for path in sorted(set(listing.split("\0")) - {""}):
        full = Path(root) / path
        if not full.is_file() or full.is_symlink():
            continue
        try:
            files.append(File(path, full.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            pictures.append(path)
    return Tree(root, files, pictures)
