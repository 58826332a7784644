"""Back ends with WeChat's address in their libraries' code, and no setting for it: not a line is changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_mockwx.program import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_mockwx import Lab, World

HERE = Path(__file__).parent
IDENTITY = {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "0123456789abcdef0123456789abcdef"}


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment without a lab, and with a data folder that is nobody's."""
    inherited = {name: value for name, value in os.environ.items() if name != "MOCKWX_URL"}
    return {**inherited, **IDENTITY, "MOCKWX_DATA_DIR": str(tmp_path / "data")}


def test_their_suites_pass_under_exec(surroundings: dict[str, str]) -> None:
    suites = ["unmodified/suite_flask_shop.py", "unmodified/suite_fastapi_shop.py"]
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suites]
    done = subprocess.run(
        [find(os.environ), "exec", "--", *tests],
        cwd=HERE,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_without_exec_a_lab_tells_what_to_set(mockwx: Lab, surroundings: dict[str, str]) -> None:
    environment = mockwx.environment()
    assert environment["MOCKWX_URL"] == environment["WECHAT_API_BASE_URL"] == mockwx.url
    assert Path(environment["SSL_CERT_FILE"]).exists()
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "unmodified/suite_fastapi_shop.py"]
    # A setting for WeChat's address would be an easier way.
    del environment["WECHAT_API_BASE_URL"]
    done = subprocess.run(
        tests, cwd=HERE, env={**surroundings, **environment}, capture_output=True, text=True, check=False
    )
    assert "1 passed" in done.stdout, done.stdout


@pytest.fixture
def flask_shop(wx_world: World) -> Iterator[str]:
    """The Flask shop as a process of its own, whose every call goes to this world."""
    command = [sys.executable, "-m", "flask", "--app", "shops.flask_shop", "run", "--port", "0"]
    environment = {**os.environ, **IDENTITY, **wx_world.environment()}
    with subprocess.Popen(command, cwd=HERE, env=environment, stderr=subprocess.PIPE, text=True) as shop:
        assert shop.stderr is not None
        started = (re.search(r"Running on (http://\S+)", line) for line in shop.stderr)
        yield next(found[1] for found in started if found)
        shop.terminate()
        shop.stderr.read()


def test_an_application_lives_in_one_world_alone(wx_world: World, flask_shop: str, mockwx: Lab) -> None:
    before = mockwx.world().journal.last
    bob = wx_world.person("bob")
    phone = httpx.post(f"{flask_shop}/phone", json={"code": bob.phone_code()}, trust_env=False)
    assert phone.json() == {"phone": "13900139000"}
    asked = [exchange.path for exchange in wx_world.journal.exchanges(asked_by="back_end")]
    assert asked == ["/cgi-bin/token", "/wxa/business/getuserphonenumber"]
    wx_world.expire(kind="access_token")
    assert httpx.post(f"{flask_shop}/phone", json={"code": bob.phone_code()}, trust_env=False).status_code == 200
    assert mockwx.world().journal.last == before
