"""A suite whose world is years ahead, whose codes expire, and whose WeChat is busy."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from pytest_mockwx import World

ROUNDS = 5


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_codes_die_years_from_now(shop: TestClient, wx_world: World, together: Callable[[], None], turn: int) -> None:
    then = datetime(2031 + turn, 1, 1, tzinfo=timezone.utc)
    wx_world.clock.freeze(at=then)
    alice, bob = wx_world.person("alice"), wx_world.person("bob")
    late, phone = alice.login_code(), bob.phone_code()
    together()  # both have codes
    wx_world.clock.advance("5m1s")
    wx_world.expire(kind="phone_code")
    wx_world.faults.plan("system_error", name="busy", where={"endpoint": "/sns/jscode2session"}, when={"next": 2})
    together()  # the other one logs in meanwhile

    assert shop.post("/login", json={"code": late}).status_code == 503
    refused = shop.post("/login", json={"code": late})
    assert (refused.status_code, refused.json()["detail"][:5]) == (401, "40029")
    assert wx_world.explain(refused.json()["detail"]).rule == "login_code_expired"
    assert shop.post("/phone", json={"code": phone}).status_code == 401
    assert wx_world.clock.now() == then.replace(minute=5, second=1)
    together()  # both have asked
    assert len(wx_world.journal.refusals()) == 4
    assert {exchange.at.year for exchange in wx_world.journal.exchanges()} == {then.year}
    assert [artefact.state for artefact in wx_world.artefacts("login_code")] == ["expired"]
