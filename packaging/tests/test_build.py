"""The script that builds a released program: what it asks for, and what it refuses to release. The compiler is played."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PACKAGING

HOST = f"{platform.machine()}-unknown-linux-musl"
OTHER = ({"x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"} - {HOST}).pop()

CARGO = """
echo "$@" >asked
[ "$CARGO_PROFILE_RELEASE_STRIP $CARGO_PROFILE_RELEASE_DEBUG" = "symbols none" ] || exit 1
folder=target/${@: -1}/release
mkdir -p "$folder"
cp program "$folder/mockwx"
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a Rust that has both musl targets, and a cargo that builds a static program."""
    shutil.copytree(PACKAGING, tmp_path / "packaging", ignore=shutil.ignore_patterns("tests"))
    (tmp_path / "tools").mkdir()
    tool(tmp_path, "rustup", f"printf '%s\\n' {HOST} {OTHER}")
    tool(tmp_path, "musl-gcc", "")
    tool(tmp_path, "cargo", CARGO)
    tool(tmp_path, "readelf", "cat program")
    (tmp_path / "program").write_text("static\n")
    return tmp_path


def tool(clone: Path, name: str, script: str) -> None:
    (clone / "tools" / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
    (clone / "tools" / name).chmod(0o755)


def build(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": f"{clone / 'tools'}:{os.environ['PATH']}"}
    return subprocess.run([clone / "packaging/build", *arguments], env=surroundings, capture_output=True, text=True)


def test_a_program_is_built_without_symbols_and_put_where_the_packages_look(clone: Path) -> None:
    done = build(clone, HOST)
    assert (done.returncode, done.stdout) == (0, f"target/packages/bin/{HOST}/mockwx  7 bytes\n"), done.stderr
    assert (clone / "target/packages/bin" / HOST / "mockwx").read_text() == "static\n"
    asked = f"build --locked --release --package harness --bin mockwx --target {HOST}\n"
    assert (clone / "asked").read_text() == asked


def test_a_program_that_needs_shared_libraries_is_not_released(clone: Path) -> None:
    (clone / "program").write_text(" 0x0001 (NEEDED) Shared library: [libc.so.6]\n")
    done = build(clone, HOST)
    assert done.returncode == 2
    assert "needs shared libraries, so it does not run everywhere\nhint: " in done.stderr
    assert not (clone / "target/packages/bin" / HOST / "mockwx").exists()


def test_a_program_that_cannot_be_looked_into_is_not_released(clone: Path) -> None:
    tool(clone, "readelf", "exit 1")
    done = build(clone, HOST)
    assert done.returncode == 2
    assert "is static cannot be told\nhint: apt-get install binutils" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ([], "which target is meant?\nhint: one of x86_64-unknown-linux-musl, "),
        (["riscv64gc-unknown-linux-gnu"], "`riscv64gc-unknown-linux-gnu` is not released\nhint: one of "),
        (["x86_64-apple-darwin"], "Rust cannot build for x86_64-apple-darwin here\nhint: rustup target add "),
        ([OTHER], f"musl-gcc compiles for {platform.machine()} only\nhint: build on such a machine, or name a cross "),
    ],
)
def test_what_is_missing_is_told_with_the_way_out(clone: Path, arguments: list[str], refusal: str) -> None:
    done = build(clone, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"packaging/build: {refusal}")
    assert not (clone / "asked").exists()


def test_a_missing_compiler_is_told_with_the_way_out(clone: Path) -> None:
    (clone / "tools/musl-gcc").unlink()
    tool(clone, "cargo", "exit 1")
    surroundings = {"PATH": f"{clone / 'tools'}:{os.environ['PATH']}", f"CC_{HOST.replace('-', '_')}": "no-such-gcc"}
    done = subprocess.run([clone / "packaging/build", HOST], env=surroundings, capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is no C compiler `no-such-gcc`" in done.stderr
    assert "hint: apt-get install musl-tools, or name one in CC_" in done.stderr


def test_a_cross_compiler_that_is_named_is_used(clone: Path) -> None:
    variable = f"CC_{OTHER.replace('-', '_')}"
    tool(clone, "cross-gcc", "")
    tool(clone, "cargo", f'[ "${variable}" = cross-gcc ] || exit 1\n{CARGO}')
    surroundings = {"PATH": f"{clone / 'tools'}:{os.environ['PATH']}", variable: "cross-gcc"}
    done = subprocess.run([clone / "packaging/build", OTHER], env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
