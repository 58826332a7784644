"""The npm packages, packed and installed into an empty folder without a network."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import PACKAGING, TARGETS


def npm(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packages(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("npm")
    subprocess.run(["node", PACKAGING / "npm/assemble.mjs", programs, out], check=True, stdout=subprocess.DEVNULL)
    return out


@pytest.fixture(scope="module")
def app(packages: Path, target: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    folders = [packages / "mockwx", packages / "@mockwx" / target["npm"]]
    packed = [npm(folder, "pack", "--silent", str(path)).strip() for path in folders]
    (folder / "package.json").write_text("{}")
    npm(folder, "install", "--offline", "--no-audit", "--no-fund", *(f"./{name}" for name in packed))
    return folder


def mockwx(app: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([app / "node_modules/.bin/mockwx", *arguments], cwd=app, capture_output=True, text=True)


def test_npx_runs_the_program(app: Path, version: str) -> None:
    assert npm(app, "exec", "--offline", "--", "mockwx", "--version").strip() == version


def test_an_exit_code_comes_through(app: Path) -> None:
    refused = mockwx(app, "serve", "--no-such-flag")
    assert refused.returncode == 2
    assert "--no-such-flag" in refused.stderr


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_program(app: Path, ended_by: signal.Signals, tmp_path: Path) -> None:
    command = [app / "node_modules/.bin/mockwx", "serve", "--listen", "127.0.0.1:0"]
    # Not a terminal, so Ctrl-C comes to the launcher alone.
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as launcher:
        assert launcher.stdout is not None
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)", launcher.stdout.readline())[1])
        launcher.send_signal(ended_by)
        launcher.stdout.read()  # its end: the program has ended, too
        assert launcher.wait(10) == 0
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", port)) != 0


def test_a_program_that_was_killed_is_told_as_killed(app: Path, tmp_path: Path) -> None:
    command = [app / "node_modules/.bin/mockwx", "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as launcher:
        assert launcher.stdout is not None
        launcher.stdout.readline()
        (child,) = Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        assert launcher.wait(10) == -signal.SIGKILL


@pytest.fixture
def registry(packages: Path, target: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A registry that has the launcher, and all its platforms' packages; of the others nobody may fetch the archive."""
    manifest = json.loads((packages / "mockwx/package.json").read_text())
    here = json.loads((packages / "@mockwx" / target["npm"] / "package.json").read_text())
    archives = {}
    for name in ("mockwx", here["name"]):
        packed = npm(tmp_path, "pack", "--silent", str(packages / name)).strip()
        archives[name] = (tmp_path / packed).read_bytes()

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path).removeprefix("/")
            if path.endswith(".tgz") and (archive := archives.get(path.removesuffix(".tgz"))):
                self.answer(archive)
            elif path == "mockwx":
                self.answer(self.document(manifest))
            elif path in manifest["optionalDependencies"]:
                system, processor = path.removeprefix("@mockwx/").split("-")
                self.answer(self.document({**here, "name": path, "os": [system], "cpu": [processor]}))
            else:
                self.send_error(404)

        def document(self, package: dict[str, Any]) -> bytes:
            name, version = package["name"], package["version"]
            shasum = hashlib.sha1(archives.get(name, b"")).hexdigest()
            dist = {"tarball": f"http://{self.headers['host']}/{name}.tgz", "shasum": shasum}
            versions = {version: {**package, "dist": dist}}
            return json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": versions}).encode()

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_npm_itself_picks_this_machines_program(
    registry: str, target: dict[str, str], tmp_path: Path, version: str
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    options = ["--registry", registry, "--cache", str(tmp_path / "cache"), "--no-audit", "--no-fund"]
    npm(folder, "install", "--no-update-notifier", *options, "mockwx")
    assert [path.name for path in (folder / "node_modules/@mockwx").iterdir()] == [target["npm"]]
    assert mockwx(folder, "--version").stdout.strip() == version


def test_tools_are_told_where_the_program_is(app: Path, version: str) -> None:
    told = subprocess.run(
        ["node", "-p", "require('mockwx').path()"], cwd=app, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert subprocess.run([told, "--version"], capture_output=True, text=True, check=True).stdout.strip() == version


def test_a_missing_platform_package_is_told_with_the_way_out(packages: Path, target: dict[str, str]) -> None:
    """The package as it is after an install with `--omit=optional`."""
    told = subprocess.run([packages / "mockwx/bin/mockwx.js"], capture_output=True, text=True, cwd="/")
    assert told.returncode == 5
    assert told.stderr == (
        f"mockwx: the package @mockwx/{target['npm']} is missing, which holds the program\n"
        "hint: install without --omit=optional, on this machine: node_modules of another one does not fit\n"
    )


def test_a_platform_without_a_package_is_told_with_the_way_out(packages: Path) -> None:
    on_a_mainframe = "Object.defineProperty(process, 'arch', { value: 's390x' }); require('./bin/mockwx.js')"
    told = subprocess.run(["node", "-e", on_a_mainframe], capture_output=True, text=True, cwd=packages / "mockwx")
    assert told.returncode == 5
    assert re.fullmatch(r"mockwx: there is no mockwx for \w+-s390x\nhint: build it with cargo .*\n", told.stderr)


def test_each_package_holds_its_part_and_the_licences(app: Path) -> None:
    for name, part in (("mockwx", "program.js"), ("@mockwx/*", "bin/mockwx")):
        (folder,) = (app / "node_modules").glob(name)
        assert {part, "LICENSE-APACHE", "LICENSE-MIT", "README.md"} <= {
            str(path.relative_to(folder)) for path in folder.rglob("*")
        }


def test_one_version_depends_on_every_platform_at_the_same(packages: Path, version: str) -> None:
    manifest = json.loads((packages / "mockwx/package.json").read_text())
    assert f"mockwx {manifest['version']}" == version
    assert manifest["optionalDependencies"] == {f"@mockwx/{target['npm']}": manifest["version"] for target in TARGETS}
    assert "scripts" not in manifest  # nothing is downloaded or run after an install


def test_a_folder_without_programs_makes_no_packages(tmp_path: Path) -> None:
    done = subprocess.run(
        ["node", PACKAGING / "npm/assemble.mjs", tmp_path, tmp_path / "out"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "has no program of any target\nhint: packaging/build " in done.stderr
