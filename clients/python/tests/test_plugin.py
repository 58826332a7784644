"""The plugin as a user of pytest meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_mockwx import Lab


@pytest.fixture(autouse=True)
def one_lab(mockwx: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inner sessions join the lab of the outer one, but where a test says otherwise."""
    monkeypatch.setenv("MOCKWX_URL", mockwx.url)


def test_each_test_has_a_world_that_is_gone_afterwards(pytester: pytest.Pytester, mockwx: Lab) -> None:
    pytester.makepyfile(
        """
        def test_one(wx_world, mockwx):
            assert wx_world.name.startswith("main-test-one-")
            assert mockwx.worlds() == ["default", wx_world.name]
            wx_world.clock.freeze(at="2031-01-01T00:00:00Z")

        def test_two(wx_world):
            assert wx_world.clock.mode == "real"
            wx_world.delete()
        """
    )
    before = mockwx.worlds()
    pytester.makeconftest("")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    assert mockwx.worlds() == before


def test_a_world_comes_from_a_file_beside_the_test_or_from_a_dict(pytester: pytest.Pytester) -> None:
    folder = pytester.mkpydir("shop")
    (folder / "world.yaml").write_text("like: ready\nseed: 9\n")
    (folder / "test_shop.py").write_text(
        """
import pytest

pytestmark = pytest.mark.mockwx(world="world.yaml")

def test_the_file(wx_world):
    assert wx_world.export()["seed"] == 9

@pytest.mark.mockwx(world={"clock": {"start": "2026-03-01T09:00:00Z"}})
def test_the_dict(wx_world):
    assert wx_world.clock.now().isoformat() == "2026-03-01T09:00:00+00:00"
"""
    )
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=2)


def test_a_failing_test_is_told_what_was_refused_and_why(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx

        APP = {"appid": "wx0123456789abcdef", "secret": "0123456789abcdef0123456789abcdef"}

        def test_late(wx_world):
            code = wx_world.person("alice").login_code()
            wx_world.age(code, by="5m1s")
            answer = httpx.get(f"{wx_world.url}/sns/jscode2session", params={**APP, "js_code": code}, trust_env=False)
            assert "openid" in answer.json()
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- mockwx world main-test-late-* -*",
            "back_end → wechat  GET /sns/jscode2session  200  refused: 40029",
            "  the login code was issued at * by wx.login of alice in wx0123456789abcdef",
            "  it was presented 5m1s* later; a login code lives 5m",
            "  ask for a new one with wx.login right before the exchange",
            "  rule login_code_expired, rid *",
        ]
    )
    assert "0123456789abcdef0123456789abcdef" not in result.stdout.str().split("mockwx world main-test-late")[1]


def test_an_application_that_asked_somewhere_else_is_noticed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_elsewhere(wx_world):
            wx_world.person("alice").login_code()
            raise AssertionError("no session")
        """
    )
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(["no application asked anything in this world; is its base URL that of the lab, or *"])


def test_a_passing_test_tells_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_refused_as_it_should_be(wx_world):
            wx_world.person("alice").login(outcome="timeout")
        """
    )
    result = pytester.runpytest_subprocess("-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*mockwx world*")


@pytest.mark.parametrize("marker", ["world=7", "'world.yaml'", "wrold={}", ""])
def test_a_marker_that_says_nothing_useful_is_refused(pytester: pytest.Pytester, marker: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.mockwx({marker})
        def test_marked(wx_world):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker is @pytest.mark.mockwx(world=…) with a world file's path or a dict*"])


def test_a_wrong_world_is_told_without_a_traceback_of_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.mockwx(world={"wechatt": {}})
        def test_marked(wx_world):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_marked*",
            "world.wechatt: unknown field `wechatt`",
            "hint: did you mean `wechat`?",
            "*short test summary*",
        ],
        consecutive=True,
    )
    result.stdout.no_fnmatch_line("*pytest_mockwx*")


def test_a_mistake_is_shown_at_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_nobody(wx_world):
            wx_world.person("alicia").login_code()

        def test_calls(wx_world):
            with wx_world.expect_calls(wechat=1):
                pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            '>*wx_world.person("alicia").login_code()',
            "E*ControlError: no person is called `alicia`",
            "E       hint: did you mean `alice`?",
            ">*with wx_world.expect_calls(wechat=1):",
            "E       wechat: 1 expected, 0 seen",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_mockwx*.py*")
    # Where nothing was asked of a phone, there is nothing that an application could have asked about.
    result.stdout.no_fnmatch_line("*no application asked*")


def test_without_a_program_and_a_lab_every_test_that_needs_one_says_so(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOCKWX_URL")
    monkeypatch.setenv("MOCKWX_BIN", "/nowhere/mockwx")
    pytester.makepyfile(
        """
        def test_with(wx_world):
            pass

        def test_without():
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["MOCKWX_BIN names `/nowhere/mockwx`, which is no program", "hint: *"])


THREE = """
    import pytest

    @pytest.mark.parametrize("turn", range(6))
    def test_mine(wx_world, mockwx, turn, worker_id):
        assert wx_world.name.startswith(f"{worker_id}-test-mine-")
        wx_world.clock.advance(f"{turn}h")
        wx_world.person("alice").login_code()
        assert len(wx_world.journal.exchanges()) == 1
"""


def test_workers_share_a_lab_that_is_named(pytester: pytest.Pytester, mockwx: Lab) -> None:
    before = mockwx.worlds()
    pytester.makepyfile(THREE)
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
    assert mockwx.worlds() == before


def test_workers_start_a_lab_each_where_none_is_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mockwx: Lab
) -> None:
    monkeypatch.delenv("MOCKWX_URL")
    pytester.makepyfile(THREE + f"        assert mockwx.url != {mockwx.url!r}\n")
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
