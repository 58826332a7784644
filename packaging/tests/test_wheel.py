"""The wheel, installed into an empty environment without a network."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import PACKAGING


@pytest.fixture(scope="module")
def wheel(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pypi")
    subprocess.run([sys.executable, PACKAGING / "pypi/build", programs, out], check=True, stdout=subprocess.DEVNULL)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the wheel, and with what pytest-mockwx needs as the environment of these tests has it."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, system_site_packages=False)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-index", "--no-deps", wheel], check=True)
    return folder


def test_the_wheel_is_named_for_its_platform_and_holds_the_program_alone(wheel: Path, target: dict[str, str]) -> None:
    assert wheel.name.startswith("mockwx-")
    assert wheel.name.endswith(f"-py3-none-{target['wheel']}.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = {name.split("/", 1)[1] for name in archive.namelist()}
    assert files == {
        "scripts/mockwx",
        "METADATA",
        "WHEEL",
        "RECORD",
        "licenses/LICENSE-APACHE",
        "licenses/LICENSE-MIT",
    }


def test_the_program_runs_from_the_environment(environment: Path, version: str) -> None:
    asked = subprocess.run([environment / "bin/mockwx", "--version"], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == version


def test_pytest_mockwx_finds_it_off_the_path(environment: Path, tmp_path: Path) -> None:
    """A test runner is often called by its path, `.venv/bin/pytest`, and the environment is not on the path then."""
    (tmp_path / "test_found.py").write_text(
        "def test_found(wx_world):\n    assert wx_world.person('alice').login_code()\n"
    )
    packages = [str(PACKAGING.parent / "clients/python/src"), *filter(lambda path: "site-packages" in path, sys.path)]
    surroundings = {name: value for name, value in os.environ.items() if name != "MOCKWX_BIN"}
    done = subprocess.run(
        [environment / "bin/python", "-m", "pytest", "-q", "-p", "pytest_mockwx.plugin", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**surroundings, "PATH": "/nowhere", "PYTHONPATH": os.pathsep.join(packages)},
        capture_output=True,
        text=True,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
