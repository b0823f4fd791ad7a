#!/usr/bin/env python3
"""The library and what is written with it hold to their types, strictly."""

import os
import sys
import unittest

from mypy import api
from stage import ROOT

LIBRARY = ROOT / "sdk" / "python"


class Types(unittest.TestCase):
    def test_mypy_finds_nothing(self):
        os.environ["MYPYPATH"] = str(LIBRARY)
        out, errors, _ = api.run([
            "--strict", f"--cache-dir={ROOT / 'build' / 'mypy'}", f"--python-executable={sys.executable}",
            str(LIBRARY / "doorward"), str(ROOT / "examples" / "backends" / "fastapi_shop.py"),
        ])  # fmt: skip
        self.assertEqual((out.startswith("Success"), errors), (True, ""), out)

    def test_the_package_says_that_it_is_typed(self):
        self.assertTrue((LIBRARY / "doorward" / "py.typed").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
