"""Tests of the Flask shop as its authors would write them. They run under `mockwx exec -- pytest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shops.flask_shop import app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from pytest_mockwx import Lab, World


@pytest.fixture
def client() -> FlaskClient:
    return app.test_client()


def test_alice_logs_in(client: FlaskClient, wx_world: World) -> None:
    alice = wx_world.person("alice")
    answer = client.post("/login", json={"code": alice.login_code()})
    assert answer.get_json() == {"openid": alice.openid()}
    (exchange,) = wx_world.journal.exchanges("/sns/")
    assert exchange.asked_by == "back_end"


def test_a_code_is_good_once(client: FlaskClient, wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    assert client.post("/login", json={"code": code}).status_code == 200
    again = client.post("/login", json={"code": code})
    assert again.status_code == 401
    assert again.get_json()["detail"].startswith("40163")


def test_a_code_dies_after_five_minutes(client: FlaskClient, wx_world: World) -> None:
    wx_world.clock.freeze()
    code = wx_world.person("alice").login_code()
    wx_world.clock.advance("5m1s")
    refused = client.post("/login", json={"code": code})
    assert wx_world.explain(refused.get_json()["detail"]).rule == "login_code_expired"


def test_the_number_behind_both_phone_buttons(client: FlaskClient, wx_world: World) -> None:
    bob = wx_world.person("bob")
    for code in (bob.phone_code(), bob.phone_code(realtime=True)):
        assert client.post("/phone", json={"code": code}).get_json() == {"phone": "13900139000"}


def test_an_expired_access_token_is_fetched_anew(client: FlaskClient, wx_world: World, mockwx: Lab) -> None:
    bob = wx_world.person("bob")
    assert client.post("/phone", json={"code": bob.phone_code()}).status_code == 200
    mockwx.world().expire(kind="access_token")
    assert client.post("/phone", json={"code": bob.phone_code()}).get_json() == {"phone": "13900139000"}
