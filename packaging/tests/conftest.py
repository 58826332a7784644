"""A folder of built programs, as packaging/build fills it, with one program standing in for this machine's."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parent.parent
TARGETS = json.loads((PACKAGING / "targets.json").read_text())


@pytest.fixture(scope="session")
def target() -> dict[str, str]:
    """The target of this machine."""
    architecture = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    system = {"Linux": "linux", "Darwin": "apple", "Windows": "windows"}[platform.system()]
    (found,) = (
        target for target in TARGETS if target["target"].startswith(architecture) and system in target["target"]
    )
    return found


@pytest.fixture(scope="session")
def programs(target: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    program = folder / target["target"] / "mockwx"
    program.parent.mkdir()
    # A released program carries no symbols; without them the packages are made in half the time.
    if shutil.which("strip"):
        subprocess.run(["strip", "-o", program, os.environ["MOCKWX_BIN"]], check=True)
    else:
        shutil.copy(os.environ["MOCKWX_BIN"], program)
    return folder


@pytest.fixture(scope="session")
def version() -> str:
    """What `mockwx --version` says."""
    asked = subprocess.run([os.environ["MOCKWX_BIN"], "--version"], capture_output=True, text=True, check=True)
    return asked.stdout.strip()
