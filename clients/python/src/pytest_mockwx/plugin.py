"""Fixtures and reports for pytest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from pytest_mockwx.errors import ControlError, MockwxError
from pytest_mockwx.lab import Lab
from pytest_mockwx.refusals import told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from pytest_mockwx.world import World

_Made = TypeVar("_Made")
_WORLD: pytest.StashKey[World] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "mockwx(world): the world of `wx_world`: a world file beside the test file, or a world as a dict",
    )


@pytest.fixture(scope="session")
def mockwx() -> Iterator[Lab]:
    """A running mockwx: the one that MOCKWX_URL names, else one that starts here and ends with the session."""
    with _or_fail(Lab.open) as lab:
        yield lab


@pytest.fixture
def wx_world(request: pytest.FixtureRequest, mockwx: Lab) -> Iterator[World]:
    """A world of the test's own, gone afterwards."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    file = _world_file(request)
    world = _or_fail(lambda: mockwx.fresh_world(file, stem=f"{worker}-{request.node.name}"))
    request.node.stash[_WORLD] = world
    yield world
    try:
        world.delete()
    except ControlError as error:
        # A test may delete its world itself.
        if error.code != "unknown_world":
            raise


def _or_fail(make: Callable[[], _Made]) -> _Made:
    """What a lab refuses is the test's setup to mend: the message says it all, our own lines nothing."""
    try:
        return make()
    except MockwxError as error:
        refused = str(error)
    pytest.fail(refused, pytrace=False)


def _world_file(request: pytest.FixtureRequest) -> Any:
    marker = request.node.get_closest_marker("mockwx")
    if marker is None:
        return None
    world = marker.kwargs.get("world")
    if marker.args or set(marker.kwargs) != {"world"} or not isinstance(world, (str, Path, dict)):
        pytest.fail("the marker is @pytest.mark.mockwx(world=…) with a world file's path or a dict", pytrace=False)
    return world if isinstance(world, dict) else request.path.parent / world


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    world = item.stash.get(_WORLD, None)
    if report.failed and report.when != "teardown" and world is not None:
        try:
            text = told(world)
        except MockwxError as error:
            text = f"it cannot be asked any more: {error}"
        if text:
            report.sections.append((f"mockwx world {world.name}", text))
    return report
