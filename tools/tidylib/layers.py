"""Includes point only down. src/CMakeLists.txt says what a layer sees; docs/architecture.md draws the same."""

import re

from .tree import Finding, line_of

RULE = "layers"
CMAKE = "src/CMakeLists.txt"
DRAWING = "docs/architecture.md"
GENERATED = ("embedded",)


def seen_layers(cmake):
    """{layer: set of layers that it may include}, from the SEES lists."""
    sees = {}
    for call in re.findall(r"doorward_layer\(([^)]*)\)", cmake):
        words = call.split()
        seen = []
        if "SEES" in words:
            for word in words[words.index("SEES") + 1 :]:
                if word.isupper():
                    break
                seen.append(word)
        sees[words[0]] = set(seen)
    return sees


def drawn_rank(drawing):
    """{layer: row}, the lowest layer first, from the drawing under "## Layers"."""
    block = re.search(r"^## Layers\n.*?```\n(.*?)```", drawing, re.DOTALL | re.MULTILINE)
    rows = block.group(1).strip().splitlines() if block else []
    rank = {}
    for row, text in enumerate(reversed(rows)):
        for part in text.split("|"):
            rank[part.split()[0]] = row
    return rank


def check(tree):
    sees = seen_layers(tree.text(CMAKE))
    yield from _check_drawing(tree, sees)
    for file in tree.cxx("src"):
        for include in file.includes:
            if not include.quoted:
                continue
            target = include.target.split("/")[0]
            message = _verdict(file.layer, target, sees)
            if message:
                yield Finding(file.path, include.line, RULE, message)


def _verdict(layer, target, sees):
    if target in GENERATED or target == layer:
        return None
    if target not in sees:
        return f'"{target}" is no layer: include by the path below src/, libraries in <>'
    if layer not in sees:
        return f"{layer} is not in {CMAKE}"
    if target not in sees[layer]:
        return f"{layer} may not include {target}; it sees {', '.join(sorted(sees[layer])) or 'no layer'}"
    return None


def _check_drawing(tree, sees):
    rank = drawn_rank(tree.text(DRAWING))
    cmake = tree.text(CMAKE)
    for layer, seen in sees.items():
        line = line_of(cmake, cmake.find(f"doorward_layer({layer}"))
        for other in sorted(seen | {layer}):
            if other not in rank:
                yield Finding(CMAKE, line, RULE, f"{other} is not drawn in {DRAWING}")
            elif other != layer and rank.get(layer, -1) <= rank[other]:
                yield Finding(CMAKE, line, RULE, f"{layer} sees {other}, which {DRAWING} does not draw below it")
