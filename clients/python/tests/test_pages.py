"""What the package's page and the book show is run."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_mockwx import Lab

HERE = Path(__file__).parent
PAGES = [HERE.parent / "README.md", HERE.parents[2] / "docs" / "pytest.md"]

# The application that the pages have in mind.
SHOP = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
from shops.fastapi_shop import shop

def create_app(wechat):
    identity = {{"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "0123456789abcdef0123456789abcdef"}}
    return shop({{**identity, "WECHAT_API_BASE_URL": wechat}})
"""
IMPORTS = """
import os
import subprocess

import pytest
from fastapi.testclient import TestClient
from shop import create_app

"""


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tests_of_a_page_pass(
    pytester: pytest.Pytester, mockwx: Lab, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKWX_URL", mockwx.url)
    pytester.makepyfile(shop=SHOP)
    (pytester.mkdir("worlds") / "shop.yaml").write_text("like: ready\n")
    shown = blocks(page)
    fixtures = [block for block in shown if "@pytest.fixture" in block]
    tests = [block for block in shown if "def test_" in block]
    rest = [block for block in shown if block not in [*fixtures, *tests]]
    assert fixtures
    assert tests
    pytester.makeconftest("\n".join([IMPORTS, *fixtures]))
    for number, test in enumerate(tests):
        pytester.makepyfile(**{f"test_{number}": IMPORTS + test})
    lines = "\n".join(rest)
    body = f"code = wx_world.person().login_code()\n{lines}"
    pytester.makepyfile(test_rest=f"def test_the_rest(wx_world):\n{textwrap.indent(body, '    ')}\n")
    expected = sum(test.count("def test_") for test in tests) + 1
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=expected)


def test_the_page_names_each_method(mockwx: Lab) -> None:
    """A method that nobody tells of is not there."""
    page = PAGES[0].read_text(encoding="utf-8")
    with mockwx.fresh_world() as world:
        parts = (world, world.clock, world.faults, world.journal, world.person())
        methods = {name for part in parts for name in vars(type(part)) if not name.startswith("_")}
    untold = {name for name in methods if not re.search(rf"\b{name}\b", page)}
    assert untold == set()
