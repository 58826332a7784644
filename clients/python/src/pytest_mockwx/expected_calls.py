"""How often an application may ask WeChat and IDaaS while a piece of a test runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from pytest_mockwx.journal import Exchange, Journal

# pytest shows the line of the test, not ours.
__tracebackhide__ = True


class ExpectedCalls:
    """A context manager that fails the test when its block causes other calls than it says.

    What the phone does by itself (`wx.login`, the buttons) is no call.
    """

    def __init__(
        self, journal: Journal, paths: Mapping[str, int] | None, wechat: int | None, idaas: int | None
    ) -> None:
        self._journal = journal
        self._paths = dict(paths or {})
        self._parties = {name: count for name, count in (("wechat", wechat), ("idaas", idaas)) if count is not None}
        if not self._paths and not self._parties:
            raise ValueError('nothing is expected; hint: expect_calls({"/sns/jscode2session": 1}) or (wechat=1)')
        self._since = 0

    def __enter__(self) -> ExpectedCalls:
        self._since = self._journal.last
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        seen = self.seen()
        wrong = [
            f"{name}: {expected} expected, {count} seen"
            for name, expected, count in (
                *((path, times, sum(call.path == path for call in seen)) for path, times in self._paths.items()),
                *((who, times, sum(call.answered_by == who for call in seen)) for who, times in self._parties.items()),
            )
            if count != expected
        ]
        if wrong:
            raise AssertionError("\n".join(["calls are not as expected", *wrong, "what was asked:", *_lines(seen)]))

    def seen(self) -> list[Exchange]:
        """The calls since the block began."""
        return [call for call in self._journal.exchanges(since=self._since) if call.asked_by != "device"]


def _lines(calls: list[Exchange]) -> list[str]:
    return [f"  {call}" for call in calls] or ["  nothing"]
