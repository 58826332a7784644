"""The program `mockwx`: where it is, and one that serves for as long as a test process lives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_mockwx import leash
from pytest_mockwx.errors import ProgramError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# pytest shows the line of the test, not ours.
__tracebackhide__ = True

# It takes some milliseconds; a machine may be busy.
_STARTS_WITHIN = 20.0
_ENDS_WITHIN = 5.0
_LOOKS_EVERY = 0.005


def find(environment: Mapping[str, str]) -> str:
    """Finds `mockwx`: what `MOCKWX_BIN` names, else beside this Python, else on the path."""
    named = environment.get("MOCKWX_BIN")
    if named:
        found = shutil.which(named, path=environment.get("PATH"))
        if found is None:
            raise ProgramError(f"MOCKWX_BIN names `{named}`, which is no program", "give the path of `mockwx`")
        return found
    scripts = sysconfig.get_path("scripts")
    found = shutil.which("mockwx", path=scripts) or shutil.which("mockwx", path=environment.get("PATH"))
    if found is None:
        raise ProgramError(
            "there is no program `mockwx`",
            "`pip install mockwx`, name it in MOCKWX_BIN, or name a running lab in MOCKWX_URL",
        )
    return found


class Serving:
    """A `mockwx serve` on a free port of the loopback address."""

    def __init__(self, program: str, arguments: Sequence[str] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mockwx-")
        folder = Path(self._folder.name)
        port_file = folder / "port"
        self._talk = folder / "talk"
        serve = [program, "serve", "--listen", "127.0.0.1:0", "--port-file", str(port_file), *arguments]
        with self._talk.open("wb") as talk:
            self._leash = subprocess.Popen(
                [sys.executable, "-I", "-S", leash.__file__, *serve],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=talk,
                # Ctrl-C is for the tests, whose last deeds need the lab.
                start_new_session=True,
            )
        try:
            self.url = f"http://127.0.0.1:{self._port(port_file)}"
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Lets go of it and waits until it is gone."""
        if self._leash.stdin:
            self._leash.stdin.close()
        try:
            self._leash.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            # A forked process holds the pipe, too.
            self._leash.terminate()
            self._leash.wait()
        self._folder.cleanup()

    def _port(self, port_file: Path) -> int:
        until = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < until:
            # It comes by a rename, so it is whole.
            if port_file.exists():
                return int(port_file.read_text(encoding="ascii"))
            if self._leash.poll() is not None:
                break
            time.sleep(_LOOKS_EVERY)
        talk = self._talk.read_text(encoding="utf-8", errors="replace").strip()
        raise ProgramError(f"`mockwx serve` does not start: {talk or 'it says nothing'}")


def create_world(program: str, url: str, name: str, file: Path, admin_token: str | None) -> None:
    """Makes a world from a world file, which the program reads with all that it is like."""
    _say(program, ["world", "create", name, "--file", str(file), "--url", url, "--color", "never"], admin_token)


def environment(program: str, url: str, folder: Path, admin_token: str | None) -> dict[str, str]:
    """Asks for the variables by which SDKs find a lab or a world; the files that they name are made in a folder."""
    told = _say(program, ["env", "--format", "json", "--url", url], admin_token, MOCKWX_DATA_DIR=str(folder))
    variables: dict[str, str] = json.loads(told)
    return variables


def _say(program: str, arguments: Sequence[str], admin_token: str | None, **variables: str) -> str:
    """Runs a command of the program; gives what it prints."""
    token = {"MOCKWX_ADMIN_TOKEN": admin_token} if admin_token else {}
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **token, **variables},
        check=False,
    )
    if done.returncode != 0:
        told = done.stderr.strip().removeprefix("error: ")
        raise ProgramError(told or f"`mockwx {arguments[0]}` ends with {done.returncode}")
    return done.stdout
