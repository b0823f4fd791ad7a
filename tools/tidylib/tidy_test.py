"""Proves of each check that it finds what it is for, and that it leaves the rest alone."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from tidylib import awaits, banned, clang, dead, layers, links, reference, size, words
from tidylib.tree import File, Tree, load

CMAKE = "doorward_layer(base)\ndoorward_layer(wire SEES base LINK fmt::fmt)\ndoorward_layer(edge ASIO SEES wire base)\n"
DRAWING = "## Layers\n\n```\nedge   connections\nwire\nbase\n```\n"


def of(files):
    return Tree("/nowhere/special/tree", [File(path, text) for path, text in files.items()])


def layered(path, text, cmake=CMAKE, drawing=DRAWING):
    return of({layers.CMAKE: cmake, layers.DRAWING: drawing, path: text})


class Case(unittest.TestCase):
    def found(self, findings):
        return [f"{f.path}:{f.line}" for f in findings]


class Layers(Case):
    def test_an_include_that_points_up_is_found(self):
        found = list(layers.check(layered("src/wire/a.hpp", '\n#include "edge/b.hpp"\n')))
        self.assertEqual(self.found(found), ["src/wire/a.hpp:2"])
        self.assertIn("wire may not include edge; it sees base", found[0].message)

    def test_an_include_of_no_layer_is_found(self):
        self.assertTrue(list(layers.check(layered("src/wire/a.hpp", '#include "a.hpp"\n'))))

    def test_downward_own_generated_and_library_includes_are_left_alone(self):
        text = '#include "base/b.hpp"\n#include "wire/c.hpp"\n#include "embedded/d.hpp"\n#include <edge/e.hpp>\n'
        self.assertEqual(list(layers.check(layered("src/wire/a.hpp", text))), [])

    def test_a_layer_that_sees_what_the_drawing_has_above_it_is_found(self):
        cmake = CMAKE.replace("doorward_layer(base)", "doorward_layer(base SEES edge)")
        self.assertEqual(self.found(layers.check(layered("src/base/a.hpp", "", cmake))), [layers.CMAKE + ":1"])


class Banned(Case):
    BAD = {
        "clock": ["auto t = std::chrono::steady_clock::now();", "time(nullptr);", "clock_gettime(a, b);"],
        "random": ["std::random_device d;", "int x = rand();", "std::mt19937_64 r{1};"],
        "sleep": ["std::this_thread::sleep_for(d);", "usleep(3);"],
        "getenv": ["auto* p = std::getenv(n);"],
        "sockets": ["#include <sys/socket.h>", "#include <boost/asio.hpp>", "#include <boost/beast/http.hpp>"],
        "new": ["auto* p = new Thing(1);", "auto* p = new (std::nothrow) Thing;", "malloc(3);"],
        "print": ["std::cout << 1;", "printf(x);"],
        "loop": ["for (const auto& rule : shard().rules(call.tenant)->rules()) f(rule);"],
    }
    GOOD = ["room.time(0);", "// steady_clock::now()", 'f("new Thing");', "operand(1);", "new (slot) Thing(1);",
            "std::snprintf(a, b);", "renew(use);", "log_time(0);", "const int new_size = 3;",
            "for (const auto& rule : rules->rules()) f(rule);", "for (auto& b : all) CHECK((*log)->append(b));"]

    def test_each_call_is_found_in_core(self):
        for rule, texts in self.BAD.items():
            for text in texts:
                found = list(banned.check(of({"src/core/a.cpp": text + "\n"})))
                self.assertEqual([f.rule for f in found], [rule], text)

    def test_what_only_looks_like_one_is_left_alone(self):
        for text in self.GOOD:
            self.assertEqual(list(banned.check(of({"src/core/a.cpp": text + "\n"}))), [], text)

    def test_the_layers_that_may_do_it_are_left_alone(self):
        clock = "auto t = std::chrono::steady_clock::now();\n"
        self.assertEqual(list(banned.check(of({"src/edge/a.cpp": clock, "src/core/a_benchmark.cpp": clock}))), [])

    def test_a_sleep_in_a_test_is_found_in_every_layer(self):
        self.assertTrue(list(banned.check(of({"src/edge/a_test.cpp": "std::this_thread::sleep_for(d);\n"}))))


class Awaits(Case):
    BAD = ["if (co_await f()) co_return;", "if (a && !co_await f(x)) {", "if (auto a = b(); co_await a.f()) {",
           "bool a = b || co_await f();", "auto a = b ? co_await f() : 0;", "g(a && (co_await f()).ok);",
           "x = a && g(b, co_await f());",
           "co_await f({1, 2});", "co_await f(Options{1});", "co_return co_await f(a, {});",
           "co_await f([&] { return 1; }, {});"]
    GOOD = ["const bool in = co_await f();", "if (a) co_await f();", "if (!a && b) co_return co_await f();",
            "if (auto a = co_await f(); !a) co_return;", "co_await f(a && b);", "auto&& a = co_await f();",
            "co_await f([&](int a) -> Task<int> { return {}; });", "// if (co_await f()) co_return;",
            "for (int i = 0; i < n && m; ++i) co_await f();", "spawn([&] { co_await f(); }, {});",
            "g(a && b, co_await f());"]

    def test_what_the_compiler_mistakes_is_found(self):
        for text in self.BAD:
            found = list(awaits.check(of({"src/edge/a.cpp": "Task<> h() {\n  " + text + "\n}\n"})))
            self.assertEqual(self.found(found), ["src/edge/a.cpp:2"], text)

    def test_what_it_does_not_is_left_alone(self):
        for text in self.GOOD:
            self.assertEqual(list(awaits.check(of({"src/edge/a.cpp": "Task<> h() {\n  " + text + "\n}\n"}))), [], text)


class Size(Case):
    def long_function(self, lines):
        return "int f(int a) {\n" + "  a = a;\n" * (lines - 2) + "}\n"

    def findings(self, lines, ratchet=""):
        return list(size.check(of({"src/a.cpp": self.long_function(lines), size.RATCHET: ratchet})))

    def test_a_long_line_file_and_function_are_found(self):
        self.assertTrue(list(size.check(of({"a.hpp": "int " + "a, " * 40 + "b;\n"}))))
        self.assertTrue(list(size.check(of({"a.hpp": "int a;\n" * 301}))))
        self.assertEqual(list(size.check(of({"a.hpp": "int a;\n" * 300}))), [])
        self.assertTrue(self.findings(71))
        self.assertEqual(self.findings(70), [])

    def test_rows_of_a_table_do_not_count(self):
        table = "TEST(A, B) {\n  const Row rows[] = {\n" + '      {"a", 1},\n' * 80 + "  };\n}\n"
        self.assertEqual(list(size.check(of({"src/a.cpp": table}))), [])

    def test_the_ratchet_lets_a_listed_function_shrink_only(self):
        self.assertEqual(self.findings(80, "80 src/a.cpp f\n"), [])
        self.assertIn("may only shrink", self.findings(81, "80 src/a.cpp f\n")[0].message)
        self.assertIn("lower it", self.findings(75, "80 src/a.cpp f\n")[0].message)
        self.assertIn("remove", self.findings(60, "80 src/a.cpp f\n")[0].message)
        self.assertIn("gone", self.findings(60, "80 src/b.cpp g\n")[0].message)

    def test_functions_are_told_from_what_surrounds_them(self):
        text = """namespace a::b {
template <class T, std::size_t N = sizeof(int)>
struct [[nodiscard]] S : Base<T> {
  S(int x) noexcept : Base<T>{x}, y_{2} {
    g([&] { return 1; });
  }
  int y_{0};
  std::function<void()> h;
  bool operator==(const S& o) const { return true; }
};
constexpr int kTable[] = {1, 2};
int A::f(Options o = {}) {
  if (o) {
  }
}
TEST(Room, Admits) {
}
}
"""
        names = [(name, line, lines) for name, line, lines in size.functions(File("a.cpp", text).statements)]
        self.assertEqual(names, [("S", 4, 3), ("operator==", 9, 1), ("A::f", 12, 4), ("TEST(Room,Admits)", 16, 2)])


class Words(Case):
    def test_leftovers_and_machine_paths_are_found(self):
        for text in ("// TO" + "DO: later", "# FIX" + "ME", "see /home/" + "ann/x", "in /nowhere/special" + "/tree/a"):
            self.assertEqual(self.found(words.check(of({"a.py": "\n" + text + "\n"}))), ["a.py:2"], text)

    def test_other_words_are_left_alone(self):
        self.assertEqual(list(words.check(of({"a.py": "todo_list, /var/lib/doorward, /nowhere/else\n"}))), [])


class Dead(Case):
    def test_a_header_that_only_its_own_test_includes_is_found(self):
        files = {"src/base/a.hpp": "", "src/base/a_test.cpp": '#include "base/a.hpp"\n'}
        self.assertEqual(self.found(dead.check(of(files))), ["src/base/a.hpp:1"])
        self.assertEqual(list(dead.check(of(files | {"src/base/b.cpp": '#include "base/a.hpp"\n'}))), [])

    def test_a_page_that_nobody_names_is_found(self):
        files = {"docs/a.md": "", "README.md": ""}
        self.assertEqual(self.found(dead.check(of(files))), ["docs/a.md:1"])
        self.assertEqual(list(dead.check(of(files | {"README.md": "[a](docs/a.md)"}))), [])


class Links(Case):
    def test_broken_links_anchors_and_names_are_found(self):
        page = "# One two\n[a](b.md)\n[b](#three)\n`docs/c.md`\nmake nothing\n"
        found = self.found(links.check(of({"docs/a.md": page})))
        self.assertEqual(found, ["docs/a.md:2", "docs/a.md:3", "docs/a.md:4"])
        self.assertEqual(self.found(links.check(of({"README.md": "`make nothing`\n", "Makefile": "all:\n"}))),
                         ["README.md:1"])

    def test_good_ones_are_left_alone(self):
        files = {"docs/a.md": "# One, two\n[a](b.md#x-y) [o](#one-two) [w](https://example.org/z) `make run`\n",
                 "docs/b.md": "## `X` y\n", "Makefile": "run: build\n"}
        self.assertEqual(list(links.check(of(files))), [])


class Reference(Case):
    FILES = {
        reference.DOCUMENT: json.dumps({"paths": {"/a/{room}": {"get": {}, "put": {}, "parameters": []},
                                                  "/a/{room}/open": {"post": {}}, "/a/{room}/shut": {"post": {}}}}),
        reference.PROBLEMS: 'inline constexpr ProblemType kA{"no-token", 401, "A token is needed"};\n',
        reference.PAGE: "## Calls\n| `GET\\|PUT /a/{room}` | x |\n| `POST /a/{room}/{open,shut}` | x |\n"
                        "## Problems\n| `no-token` | 401 | A token is needed |\n",
        "README.md": "[api](docs/api.md)\n",
    }

    def said(self, path, old, new):
        files = {**self.FILES, path: self.FILES[path].replace(old, new)}
        return [finding.message for finding in reference.check(of(files))]

    def test_a_whole_reference_is_left_alone(self):
        self.assertEqual(self.said("README.md", "", ""), [])

    def test_what_a_page_lacks_or_makes_up_is_found(self):
        self.assertEqual(self.said(reference.PAGE, "open,shut", "open,draw"), [
            "the call POST /a/{room}/shut is missing",
            f"there is no call POST /a/{{room}}/draw in {reference.DOCUMENT}"])
        self.assertEqual(self.said(reference.PAGE, "401", "403"), [
            "the problem no-token (401, A token is needed) is missing",
            f"no-token stands otherwise in {reference.PROBLEMS}"])
        self.assertEqual(self.said("README.md", "docs/api.md", "docs/b.md"), ["leads nowhere to docs/api.md"])


class Clang(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "src/core").mkdir(parents=True)
        (self.root / ".clang-format").write_text("BasedOnStyle: Google\n")
        (self.root / ".clang-tidy").write_text("Checks: '-*,bugprone-use-after-move'\nWarningsAsErrors: '*'\n")
        (self.root / "build").mkdir()
        command = {"directory": str(self.root), "file": "src/core/a.cpp", "command": "c++ -c src/core/a.cpp"}
        (self.root / "build/compile_commands.json").write_text(json.dumps([command]))
        subprocess.run(["git", "init", "-q", folder.name], check=True)

    def write(self, text):
        (self.root / "src/core/a.cpp").write_text(text)
        return load(self.root)

    def test_a_badly_formatted_line_is_found(self):
        self.assertEqual(self.found(clang.check_format(self.write("int a;\nint  b;\n"))), ["src/core/a.cpp:2"])
        self.assertEqual(list(clang.check_format(self.write("int a;\nint b;\n"))), [])

    def test_a_use_after_move_is_found_until_it_is_mended(self):
        bad = "#include <string>\nint f(std::string a) {\n  std::string b = std::move(a);\n  return a.size();\n}\n"
        for _ in range(2):
            self.assertEqual(self.found(clang.check_tidy(self.write(bad), "build")), ["src/core/a.cpp:4"])
        self.assertEqual(list(clang.check_tidy(self.write(bad.replace("a.size", "b.size")), "build")), [])

    def test_a_file_that_is_not_built_is_found(self):
        (self.root / "build/compile_commands.json").write_text("[]")
        self.assertTrue(list(clang.check_tidy(self.write("int a;\n"), "build")))


if __name__ == "__main__":
    unittest.main()
