"""Two test suites in processes of their own, one lab, one appid, different clocks: neither notices the other."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_mockwx import Lab

HERE = Path(__file__).parent
SUITES = ("suite_of_today", "suite_of_the_future")


def meetings(listener: socket.socket) -> int:
    """Lets two suites wait for each other, step by step; counts the steps until one has ended."""
    count = 0
    with listener.accept()[0] as one, listener.accept()[0] as other:
        while one.recv(1) and other.recv(1):
            count += 1
            one.sendall(b".")
            other.sendall(b".")
    return count


def run(suite: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"two_suites/{suite}.py"]
    return subprocess.run(
        command, cwd=HERE, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=90
    )


def run_both(lab: Lab, **environment: str) -> tuple[list[subprocess.CompletedProcess[str]], int]:
    """Runs both at once, each in a pytest of its own; tells how often they waited for each other."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as threads:
        listener.settimeout(60)
        meet_at = str(listener.getsockname()[1])
        introducing = threads.submit(meetings, listener)
        everything = {"MOCKWX_URL": lab.url, "SUITES_MEET_AT": meet_at, **environment}
        done = list(threads.map(lambda suite: run(suite, everything), SUITES))
        return done, introducing.result()


def test_two_suites_at_once_do_not_notice_each_other(mockwx: Lab) -> None:
    before = mockwx.worlds()
    done, steps = run_both(mockwx)
    for suite in done:
        assert suite.returncode == 0, suite.stdout
        assert "5 passed" in suite.stdout
    assert steps == 15  # three in each of five tests: they were at it at the same time
    assert mockwx.worlds() == before


def test_two_suites_in_one_world_are_noticed(mockwx: Lab) -> None:
    """Without worlds of their own both fail, so the test above can tell."""
    done, _ = run_both(mockwx, SUITES_SHARE_A_WORLD="yes")
    mockwx.world().reset()
    assert [suite.returncode for suite in done] == [1, 1]
