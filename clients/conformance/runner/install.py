"""Installs a client into a folder of its own below target/conformance, once for each state of its pins.

The client's programs are copied beside its packages: Node looks for packages from the program's folder upwards.
"""

import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

from .clients import Client

PYTHON = "venv/bin/python"


class NotInstalled(Exception):
    """The text says what was tried and what came of it."""


def install(client: Client, work: pathlib.Path) -> pathlib.Path:
    """The folder that holds the client's packages and programs."""
    folder = work / client.id
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / ".installed"
    wanted = hashlib.sha256(client.pins.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        stamp.unlink(missing_ok=True)
        _python(client, folder) if client.is_python else _node(client, folder)
        stamp.write_text(wanted)
    for program in [*client.folder.iterdir(), client.folder / client.program]:
        shutil.copy2(program, folder)
    return folder


@contextlib.contextmanager
def alone(work: pathlib.Path) -> Iterator[None]:
    """Waits until no other run uses the folder: one that installs would take packages from under the other."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def share(conformance: pathlib.Path, work: pathlib.Path) -> None:
    """Copies what the programs have in common to where they find it."""
    shutil.copytree(
        conformance / "story", work / "story", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )


def _node(client: Client, folder: pathlib.Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (client.folder / name).exists():
            shutil.copy2(client.folder / name, folder)
    _call(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], folder)


def _python(client: Client, folder: pathlib.Path) -> None:
    shutil.rmtree(folder / "venv", ignore_errors=True)
    _call([sys.executable, "-m", "venv", "venv"], folder)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _call([*pip, "--requirement", str(client.pins)], folder)


def _call(command: list[str], folder: pathlib.Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    except FileNotFoundError:
        raise NotInstalled(f"`{command[0]}` is not on the path") from None
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"`{' '.join(command)}` took longer than four minutes") from None
    if done.returncode != 0:
        raise NotInstalled(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")
