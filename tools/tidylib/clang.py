"""clang-format over every C++ file, and clang-tidy over the layers that it can read."""

import hashlib
import os
import posixpath
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from .tree import Finding

FORMAT = "clang-format-14"
TIDY = "clang-tidy-14"
# The layers without I/O: Clang 14 reads them fast and without false alarms about coroutines.
LAYERS = {"base", "core", "ports", "wire", "engine"}
# GCC's own switches, which Clang need not know.
_EXTRA = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-error"]
_MESSAGE = re.compile(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*) \[([\w.,-]+)\]$", re.MULTILINE)


def _parallel(work, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(work, items):
            yield from findings


def check_format(tree):
    def run(paths):
        done = subprocess.run([FORMAT, "--dry-run", *paths], cwd=tree.root, capture_output=True, text=True)
        lines = {m[1]: int(m[2]) for m in re.finditer(r"^(\S+?):(\d+):\d+: warning:", done.stderr, re.MULTILINE)}
        if done.returncode and not lines:
            yield Finding(paths[0], 1, "format", done.stderr.strip()[:200])
        for path, line in lines.items():
            yield Finding(path, line, "format", "not as .clang-format wants it: make format")

    paths = [file.path for file in tree.cxx()]
    yield from _parallel(run, [paths[i : i + 10] for i in range(0, len(paths), 10)])


def check_tidy(tree, build, layers=LAYERS):
    """`build` is a configured build folder; what was found clean stays so until a byte of it changes."""
    seen_clean = tree.root / build / "clang-tidy"
    seen_clean.mkdir(parents=True, exist_ok=True)

    def run(file):
        stamp = seen_clean / _fingerprint(tree, file)
        if stamp.exists():
            return
        done = subprocess.run([TIDY, "--quiet", "-p", build, *_EXTRA, file.path], cwd=tree.root,
                              capture_output=True, text=True)
        found = set(_MESSAGE.findall(done.stdout))
        for path, line, message, rule in found:
            yield Finding(posixpath.relpath(posixpath.join(tree.root, path), tree.root), int(line), rule.split(",")[0], message)
        skipped = "Compile command not found" in done.stderr
        if skipped or (done.returncode and not found):
            yield Finding(file.path, 1, "clang-tidy", (done.stdout + done.stderr).strip()[-400:])
        elif not done.returncode:
            stamp.touch()

    files = [f for f in tree.cxx("src") if f.suffix == ".cpp" and f.layer in layers and f.role == "code"]
    yield from _parallel(run, files)


def _fingerprint(tree, file):
    """Of the file, all of ours that it includes, and the rules."""
    digest = hashlib.sha256(tree.text(".clang-tidy").encode())
    todo, seen = [file], {file.path}
    while todo:
        one = todo.pop()
        digest.update(one.path.encode() + one.text.encode())
        for include in sorted(include.target for include in one.includes if include.quoted):
            path = f"src/{include}"
            if path in tree.files and path not in seen:
                seen.add(path)
                todo.append(tree.files[path])
    return digest.hexdigest()
