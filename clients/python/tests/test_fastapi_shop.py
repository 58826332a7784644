"""A back end on FastAPI with wechatpy, tested as its authors would."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from pytest_mockwx import Lab, World


def test_alice_logs_in(shop: TestClient, wx_world: World) -> None:
    alice = wx_world.person("alice")
    answer = shop.post("/login", json={"code": alice.login_code()})
    assert answer.json() == {"openid": alice.openid()}


def test_a_code_is_good_once(shop: TestClient, wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    assert shop.post("/login", json={"code": code}).status_code == 200
    again = shop.post("/login", json={"code": code})
    assert (again.status_code, again.json()["detail"][:5]) == (401, "40163")


def test_a_code_dies_one_second_after_five_minutes(shop: TestClient, wx_world: World) -> None:
    wx_world.clock.freeze()
    early, late = wx_world.person("alice").login_code(), wx_world.person("bob").login_code()
    wx_world.clock.advance(timedelta(minutes=5))
    assert shop.post("/login", json={"code": early}).status_code == 200
    wx_world.clock.advance("1s")
    refused = shop.post("/login", json={"code": late})
    assert refused.status_code == 401
    assert wx_world.explain(refused.json()["detail"]).rule == "login_code_expired"


def test_an_old_code_is_refused_while_the_clock_stands_still(shop: TestClient, wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    before = wx_world.clock.now()
    wx_world.age(code, by="5m1s")
    assert shop.post("/login", json={"code": code}).status_code == 401
    assert wx_world.clock.now() - before < timedelta(minutes=1)


def test_the_number_behind_both_phone_buttons(shop: TestClient, wx_world: World) -> None:
    bob = wx_world.person("bob")
    for code in (bob.phone_code(), bob.phone_code(realtime=True)):
        assert shop.post("/phone", json={"code": code}).json() == {"phone": "13900139000"}
    abroad = bob.phone_code(phone="+852 61234567")
    assert shop.post("/phone", json={"code": abroad}).json()["phone"].endswith("61234567")


def test_a_login_code_is_no_phone_code(shop: TestClient, wx_world: World) -> None:
    refused = shop.post("/phone", json={"code": wx_world.person().login_code()})
    assert (refused.status_code, refused.json()["detail"][:5]) == (401, "40029")


def test_a_busy_wechat_is_asked_once_more(shop: TestClient, wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    with (
        wx_world.faults.plan("system_error", when={"next": 1}) as busy,
        wx_world.expect_calls({"/sns/jscode2session": 2}),
    ):
        assert shop.post("/login", json={"code": code}).status_code == 200
        assert busy.applied == 1


def test_a_wechat_that_stays_busy_is_an_outage_and_not_the_users_fault(shop: TestClient, wx_world: World) -> None:
    code = wx_world.person("alice").login_code()
    with wx_world.faults.plan("system_error"):
        assert shop.post("/login", json={"code": code}).status_code == 503
    assert shop.post("/login", json={"code": code}).status_code == 200


@pytest.mark.parametrize("expired_by", ["expire", "revoke"])
def test_a_dead_access_token_is_fetched_anew(shop: TestClient, wx_world: World, expired_by: str, mockwx: Lab) -> None:
    """A token carries no world until it is issued: one shared application gets its own from the default world."""
    bob = wx_world.person("bob")
    assert shop.post("/phone", json={"code": bob.phone_code()}).status_code == 200
    getattr(mockwx.world(), expired_by)(kind="access_token")
    assert shop.post("/phone", json={"code": bob.phone_code()}).json() == {"phone": "13900139000"}
