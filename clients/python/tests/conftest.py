"""The applications under test, and the published test identities of the ready world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from shops import fastapi_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_mockwx import Lab

APPID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def shop(mockwx: Lab) -> Iterator[TestClient]:
    """One application for all tests, pointed at the lab: codes tell which world they are of."""
    app = fastapi_shop.shop({"WECHAT_APPID": APPID, "WECHAT_SECRET": SECRET, "WECHAT_API_BASE_URL": mockwx.url})
    with TestClient(app) as client:
        yield client
