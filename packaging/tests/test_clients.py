"""The packages of the clients, made from what is committed."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import PACKAGING

LICENCES = {"LICENSE-APACHE", "LICENSE-MIT"}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What is in each, by the package's file name."""
    out = tmp_path_factory.mktemp("clients")
    done = subprocess.run([PACKAGING / "clients", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: files(path) for path in out.iterdir()}


def files(package: Path) -> set[str]:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            return set(archive.namelist())
    with tarfile.open(package) as archive:
        return {name.split("/", 1)[1] for name in archive.getnames()}


def test_one_version_for_the_program_and_its_clients(packages: dict[str, set[str]], version: str) -> None:
    number = version.removeprefix("mockwx ")
    assert set(packages) == {
        f"mockwx-wx-{number}.tgz",
        f"pytest_mockwx-{number}-py3-none-any.whl",
        f"pytest_mockwx-{number}.tar.gz",
    }


def test_each_carries_the_licences(packages: dict[str, set[str]]) -> None:
    for name, held in packages.items():
        assert {Path(file).name for file in held} >= LICENCES, name


def test_the_fixtures_are_typed_and_found_by_pytest(packages: dict[str, set[str]]) -> None:
    (wheel,) = (held for name, held in packages.items() if name.endswith(".whl"))
    assert "pytest_mockwx/py.typed" in wheel
    assert any(file.endswith("/entry_points.txt") for file in wheel)


def test_the_wx_object_comes_with_its_types_and_the_browsers_script(packages: dict[str, set[str]]) -> None:
    (package,) = (held for name, held in packages.items() if name.endswith(".tgz"))
    assert {"package.json", "auto.cjs", "dist/wx.js", "types/index.d.ts"} <= package
    assert not any("test" in file for file in package)
