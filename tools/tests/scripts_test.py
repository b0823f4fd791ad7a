"""What the scripts in tools/ promise, with the programs that they call replaced."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "bin").mkdir()
        shutil.copytree(TOOLS, self.root / "tools", ignore=shutil.ignore_patterns("__pycache__"))

    def fake(self, name, script):
        path = self.root / "bin" / name
        path.write_text("#!/bin/bash\n" + script)
        path.chmod(0o755)

    def run_tool(self, *command, path=None):
        env = os.environ | {"PATH": path or f"{self.root}/bin:{os.environ['PATH']}"}
        return subprocess.run([self.root / "tools" / command[0], *command[1:]], env=env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


class InstallPackages(Case):
    def setUp(self):
        super().setUp()
        (self.root / "tools/packages.txt").write_text("# c\n[a]\none\ntwo unless bash\n[b]\nthree\nfour unless no-such\n")
        self.fake("dpkg-query", 'printf "ii  one\\nrc  three\\n"\n')
        self.fake("apt-get", f'echo "$@" >> {self.root}/calls\n')
        self.fake("id", "echo 0\n")

    def calls(self):
        path = self.root / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def test_does_nothing_where_nothing_is_missing(self):
        done = self.run_tool("install-packages", "a")
        self.assertEqual((done.returncode, done.stdout, done.stderr, self.calls()), (0, "", "", []))

    def test_root_installs_what_is_missing_or_only_configured(self):
        self.assertEqual(self.run_tool("install-packages", "a", "b").returncode, 0)
        update, install = self.calls()
        self.assertIn("update", update)
        self.assertTrue(install.endswith(" four three"), install)

    def test_sudo_is_used_where_it_asks_for_nothing(self):
        self.fake("id", "echo 1000\n")
        self.fake("sudo", f'echo "sudo $*" >> {self.root}/calls\n')
        self.assertEqual(self.run_tool("install-packages", "b").returncode, 0)
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive apt-get install", self.calls()[-1])

    def test_without_rights_it_says_what_to_install(self):
        self.fake("id", "echo 1000\n")
        self.fake("sudo", "exit 1\n")
        done = self.run_tool("install-packages", "b")
        self.assertEqual((done.returncode, self.calls()), (2, []))
        self.assertIn("apt-get install --no-install-recommends four three", done.stderr)

    def test_an_unknown_section_is_refused(self):
        done = self.run_tool("install-packages", "nope")
        self.assertEqual((done.returncode, self.calls()), (2, []))
        self.assertIn("no section [nope]", done.stderr)


class Ci(Case):
    def ci(self, make):
        self.fake("make", make)
        done = self.run_tool("ci", "one", "two SECONDS=3")
        return done.returncode, done.stdout.splitlines()

    def test_sums_up_what_every_step_counted(self):
        code, lines = self.ci('echo "$@"; echo "100% tests passed, 0 tests failed out of 30"\n')
        self.assertEqual((code, lines[-1]), (0, "60 passed, 0 failed"))
        self.assertIn("two SECONDS=3", lines)

    def test_stops_at_the_first_step_with_a_failed_test(self):
        code, lines = self.ci('echo "90% tests passed, 3 tests failed out of 30"; exit 2\n')
        self.assertEqual((code, lines[-2:]), (1, ["Stopped at: make one", "27 passed, 3 failed"]))

    def test_a_step_that_fails_by_itself_is_a_failure(self):
        code, lines = self.ci("exit 2\n")
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
