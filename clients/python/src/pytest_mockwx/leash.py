"""Runs a program for as long as somebody holds the other end of standard input.

A test process that is killed cannot end what it started. The lab therefore runs on this leash: a pipe closes with the
process that holds it, however that ends. It uses the standard library alone and is run by its path.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import NoReturn


def _hold(program: subprocess.Popen[bytes]) -> None:
    # Not `sys.stdin`: its lock would keep the interpreter from ending.
    while os.read(0, 1):
        """Nothing is ever said."""
    program.terminate()


def _end(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, _end)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_hold, args=(program,), daemon=True).start()
    try:
        return program.wait()
    finally:
        program.terminate()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
