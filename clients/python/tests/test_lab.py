"""Labs that start and end, labs that are joined, and what is told when neither can be."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pytest_mockwx import ControlError, Lab, ProgramError, UnreachableError
from pytest_mockwx.program import find

if TYPE_CHECKING:
    from pathlib import Path


def answers(url: str) -> bool:
    try:
        Lab.join(url).close()
    except UnreachableError:
        return False
    return True


def test_a_lab_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOCKWX_URL", raising=False)
    with Lab.open() as lab:
        assert lab.worlds() == ["default"]
        assert lab.version()
        assert answers(lab.url)
    assert not answers(lab.url)


def test_a_lab_that_was_joined_goes_on(mockwx: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKWX_URL", mockwx.url)
    with Lab.open() as joined:
        assert joined.url == mockwx.url
    assert answers(mockwx.url)


def test_an_address_with_a_world_means_that_world(mockwx: Lab) -> None:
    with mockwx.new_world("a-world-by-address") as world, Lab.join(world.url) as lab:
        assert lab.world().name == "a-world-by-address"
        assert lab.world("default").name == "default"
        with lab.fresh_world() as fresh:
            assert fresh.url == f"{mockwx.url}/__world/{fresh.name}"


def test_a_fresh_world_is_named_after_what_it_is_for(mockwx: Lab) -> None:
    with mockwx.fresh_world(stem="gw0-test_login[Größe/1]") as one, mockwx.fresh_world(stem="x" * 99) as other:
        assert one.name.startswith("gw0-test-login-gr-e-1-")
        assert len(other.name) < 64
        assert {one.name, other.name} <= set(mockwx.worlds())
    assert not {one.name, other.name} & set(mockwx.worlds())


def test_a_name_is_given_once(mockwx: Lab) -> None:
    with mockwx.new_world("only-one"), pytest.raises(ControlError, match="there is a world `only-one` already"):
        mockwx.new_world("only-one")


def test_a_world_that_is_not_there_is_told_with_those_that_are(mockwx: Lab) -> None:
    with pytest.raises(ControlError, match="there is no world `nowhere`\nhint: there are default"):
        mockwx.world("nowhere")


def test_a_world_file_is_read_with_what_it_is_like(mockwx: Lab, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("like: ready\nwechat: { people: { dora: { phone: '+86 13612345678' } } }\n")
    (tmp_path / "shop.yaml").write_text("like: base.yaml\nseed: 7\n")
    with mockwx.fresh_world(tmp_path / "shop.yaml") as world:
        assert world.export()["seed"] == 7
        assert len(world.person("dora").login_code()) == 32


def test_a_mistake_in_a_world_file_is_told_with_its_place(mockwx: Lab, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("seed: 7\nwechatt: {}\n")
    with pytest.raises(ProgramError, match=r"shop.yaml:2:1[\s\S]*did you mean `wechat`"):
        mockwx.fresh_world(str(tmp_path / "shop.yaml"))


def test_a_lab_starts_with_a_world_file(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("wechat: { people: { only: {} } }\n")
    with Lab.start(world=tmp_path / "shop.yaml", strict=True) as lab, lab.fresh_world() as world:
        assert list(world.export()["wechat"]["people"]) == ["only"]


def test_a_lab_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"`mockwx serve` does not start: [\s\S]*nowhere.yaml"):
        Lab.start(world=tmp_path / "nowhere.yaml")


def test_an_address_without_a_lab_is_told_with_the_way_out() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        with pytest.raises(
            UnreachableError, match=rf"no lab answers at http://127.0.0.1:{port}: [\s\S]*\nhint: start one"
        ):
            Lab.join(f"http://127.0.0.1:{port}")
    with pytest.raises(UnreachableError, match="no lab answers at localhost:17080: "):
        Lab.join("localhost:17080")


def test_a_server_that_is_no_lab_is_told_apart() -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        with pytest.raises(UnreachableError, match="answers HTTP 404 and is no mockwx\nhint: look at MOCKWX_URL"):
            Lab.join(f"http://127.0.0.1:{server.server_port}")
        serving.join()


def test_an_admin_token_is_sent_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKWX_ADMIN_TOKEN", "let-me-in")
    with Lab.start() as lab:
        assert lab.worlds() == ["default"]
        monkeypatch.delenv("MOCKWX_ADMIN_TOKEN")
        with pytest.raises(ControlError, match="the control API needs the admin token here"):
            Lab.join(lab.url)
        with Lab.join(lab.url, admin_token="let-me-in") as joined:  # noqa: S106
            assert joined.worlds() == ["default"]


def test_a_proxy_of_the_application_is_not_asked_for_the_lab(mockwx: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert answers(mockwx.url)


def test_the_program_is_the_one_that_is_named(tmp_path: Path) -> None:
    program = tmp_path / "mockwx"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find({"MOCKWX_BIN": str(program)}) == str(program)
    assert find({"PATH": str(tmp_path)}).endswith("mockwx")
    with pytest.raises(ProgramError, match=r"MOCKWX_BIN names `/nowhere/mockwx`, which is no program"):
        find({"MOCKWX_BIN": "/nowhere/mockwx"})


def test_without_a_program_three_ways_out_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(
        ProgramError, match="`pip install mockwx`, name it in MOCKWX_BIN, or name a running lab in MOCKWX_URL"
    ):
        find({"PATH": str(tmp_path)})


KILLED = """
import os, signal
from pytest_mockwx import Lab
print(Lab.start().url, flush=True)
os.kill(os.getpid(), signal.Signals[{signal!r}])
"""


@pytest.mark.parametrize("killed_by", ["SIGKILL", "SIGTERM"])
def test_a_killed_test_process_leaves_no_lab(killed_by: str) -> None:
    killed = [sys.executable, "-c", KILLED.format(signal=killed_by)]
    done = subprocess.run(killed, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == -signal.Signals[killed_by], done.stderr
    port = urlsplit(done.stdout.strip()).port
    # A held connection is closed when the lab ends; there is none when it has ended already.
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=10) as held:
        assert held.recv(1) == b""
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED
