"""Tests of the FastAPI shop without a word about where WeChat is. They run under `mockwx exec -- pytest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.testclient import TestClient
from shops.fastapi_shop import app

if TYPE_CHECKING:
    from pytest_mockwx import World


def test_alice_logs_in_and_tells_her_number(wx_world: World) -> None:
    alice = wx_world.person("alice")
    with TestClient(app) as client:
        assert client.post("/login", json={"code": alice.login_code()}).json() == {"openid": alice.openid()}
        assert client.post("/phone", json={"code": alice.phone_code()}).json() == {"phone": "13800138000"}
