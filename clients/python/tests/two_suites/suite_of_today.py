"""A suite whose world has the time of the day and a WeChat that works."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from pytest_mockwx import World

ROUNDS = 5


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_people_log_in_as_on_any_day(
    shop: TestClient, wx_world: World, together: Callable[[], None], turn: int
) -> None:
    alice, bob = wx_world.person("alice"), wx_world.person("bob")
    code, phone = alice.login_code(), bob.phone_code()
    wx_world.faults.plan("slow_answers", name="mine", where={"endpoint": "/nothing"})
    together()  # both have codes
    together()  # the other one's clock is years away, its codes are dead, its WeChat is busy

    login = shop.post("/login", json={"code": code})
    assert (login.status_code, login.json()) == (200, {"openid": alice.openid()})
    assert shop.post("/phone", json={"code": phone}).json() == {"phone": "13900139000"}
    now = datetime.now(timezone.utc)
    assert abs(wx_world.clock.now() - now) < timedelta(minutes=1)
    assert [fault.name for fault in wx_world.faults.planned()] == ["mine"]
    together()  # both have asked
    asked = [exchange.target for exchange in wx_world.journal.exchanges(asked_by="device")]
    assert asked == ["wx.login", "getPhoneNumber"]
    assert wx_world.journal.refusals() == []
    assert all(abs(exchange.at - now) < timedelta(minutes=1) for exchange in wx_world.journal.exchanges())
    assert len(wx_world.artefacts("login_code")) == 1, turn
