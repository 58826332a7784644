"""What both suites have: a shop of their own, pointed at the shared lab, and steps in turn with the other suite."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from shops import fastapi_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_mockwx import Lab, World


@pytest.fixture
def shop(mockwx: Lab) -> Iterator[TestClient]:
    """Both suites' shops have one base URL and one appid: only codes tell the worlds apart."""
    identity = {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "0123456789abcdef0123456789abcdef"}
    with TestClient(fastapi_shop.shop({**identity, "WECHAT_API_BASE_URL": mockwx.url})) as client:
        yield client


@pytest.fixture(scope="session")
def together() -> Iterator[Callable[[], None]]:
    """Waits until the other suite is as far; one that has ended holds nobody up."""
    with socket.create_connection(("127.0.0.1", int(os.environ["SUITES_MEET_AT"])), timeout=30) as other:

        def meet() -> None:
            # An error: the other one has ended, and this one goes on alone.
            with contextlib.suppress(ConnectionError):
                other.sendall(b".")
                other.recv(1)

        yield meet


if "SUITES_SHARE_A_WORLD" in os.environ:

    @pytest.fixture
    def wx_world(mockwx: Lab) -> World:
        """How two suites are without worlds of their own: this has to be noticed."""
        return mockwx.world()
