"""What the runner makes of what programs do. `python3 -m unittest discover clients/conformance/tests`"""

import os
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from runner import page, summary
from runner.clients import Client, declared
from runner.programs import Check, Outcome, follow

CONFORMANCE = pathlib.Path(__file__).resolve().parents[1]


def client(**changes):
    fields = {
        "folder": CONFORMANCE / "jose",
        "name": "jose",
        "package": "jose",
        "kind": "token",
        "program": "client.mjs",
        "ways": ("base-url", "unmodified"),
        "base_url": "the issuer",
    }
    return Client(**{**fields, **changes})


def followed(program, within=20.0):
    """What comes of a program in Python."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", program]
        return follow(Outcome(client(), "base-url"), command, pathlib.Path(folder), dict(os.environ), within)


class Programs(unittest.TestCase):
    def test_checks_are_read_from_among_other_talk(self):
        outcome = followed("""print('hello'); print('{"check":"a","ok":true,"detail":"40029"}'); print('[1]')""")
        self.assertTrue(outcome.ok)
        self.assertEqual(outcome.checks, [Check("a", True, "40029")])
        self.assertEqual(outcome.talk, "hello\n[1]")

    def test_a_failed_check_is_a_failure_whatever_the_status(self):
        self.assertFalse(followed("""print('{"check":"a","ok":false}')""").ok)
        self.assertFalse(followed("""print('{"check":"a"}')""").ok)

    def test_a_program_that_checks_nothing_has_failed(self):
        self.assertEqual(followed("pass").trouble, "the program checked nothing")

    def test_a_program_that_falls_over_after_good_checks_has_failed(self):
        outcome = followed("""print('{"check":"a","ok":true}'); raise SystemExit('oh')""")
        self.assertEqual((outcome.trouble, outcome.talk), ("the program ended with 1", "oh"))

    def test_a_program_that_hangs_is_ended_with_its_children(self):
        # Its child holds the pipe that is read to its end: only when both are gone is there an outcome.
        hanging = "import os, signal; os.fork(); signal.pause()"
        self.assertEqual(followed(hanging, within=0.5).trouble, "the program did not end within 0.5 s")

    def test_a_program_that_is_not_there_has_failed(self):
        outcome = follow(Outcome(client(), "base-url"), ["/no/such"], pathlib.Path("/"), {})
        self.assertIn("`/no/such` could not be started", outcome.trouble)


class Told(unittest.TestCase):
    def outcomes(self):
        good = Outcome(client(), "base-url", [Check("a", True, ""), Check("b", True, "")])
        bad = Outcome(client(), "unmodified", [Check("a", False, "two\nlines")], talk="refused: why")
        return [good, bad]

    def test_a_table_counts_what_passed(self):
        version = client().version
        wanted = f"jose {version}  base URL 2/2, unmodified 0/1 FAILED"
        self.assertEqual(summary.table(self.outcomes()), wanted)

    def test_a_failure_is_told_whole(self):
        wanted = "FAILED jose, unmodified: a\n       two\n       lines\n       and said:\nrefused: why"
        self.assertEqual(summary.failures(self.outcomes()), wanted)

    def test_a_check_that_was_made_in_one_way_only_says_so(self):
        text = page.with_tables(f"{page.BEGIN}\n{page.END}", self.outcomes())
        self.assertIn("| a | ✓ |", text)
        self.assertIn("| b | base URL |", text)

    def test_a_check_that_is_lost_is_a_difference(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "clients.md")
            full = self.outcomes()
            path.write_text(page.with_tables(f"{page.BEGIN}\n{page.END}\n", full))
            self.assertEqual(page.difference(path, page.with_tables(path.read_text(), full)), "")
            full[0].checks.pop()
            self.assertIn("-| b | base URL |", page.difference(path, page.with_tables(path.read_text(), full)))

    def test_a_page_without_its_marks_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "the page needs"):
            page.with_tables("# Real clients\n", self.outcomes())


class Declared(unittest.TestCase):
    def test_every_client_pins_exact_versions_and_names_no_registry(self):
        for known in declared(CONFORMANCE):
            with self.subTest(known.id):
                self.assertRegex(known.version, r"^\d[\w.+-]*$")
                pins = known.pins.read_text()
                self.assertNotIn('"resolved"', pins)
                if known.is_python:
                    lines = [line for line in pins.splitlines() if not line.startswith("#")]
                    self.assertEqual([line for line in lines if "==" not in line], [])

    def test_an_unknown_way_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x", "client.json")
            path.parent.mkdir()
            path.write_text('{"name":"x","package":"x","kind":"token","program":"c","ways":["by-air"],"base_url":""}')
            with self.assertRaisesRegex(SystemExit, "not by-air"):
                declared(pathlib.Path(folder))


if __name__ == "__main__":
    unittest.main()
