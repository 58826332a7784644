"""A world's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_mockwx.moments import moment, written_duration, written_moment

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from pytest_mockwx.control import Control

# pytest shows the line of the test, not ours.
__tracebackhide__ = True


class Clock:
    """The clock that everything in a world goes by. Moving it takes no time, and no other world notices.

    An application with a clock of its own refuses tokens that are issued in its future: where it is under test, rather
    make one code or token old with `World.age`.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def now(self) -> datetime:
        """What time it is there, in UTC."""
        return moment(self._control.get("clock")["now"])

    @property
    def mode(self) -> str:
        """How it goes: `real`, `frozen` or `offset`."""
        return str(self._control.get("clock")["mode"])

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stops it, at a time if one is given; then it moves only when it is told to."""
        return self._steer(freeze=True) if at is None else self._steer(set=written_moment(at), freeze=True)

    def advance(self, by: timedelta | str) -> datetime:
        """Moves it forward: `timedelta(minutes=5)` or `"4m59s"`. Nothing waits."""
        return self._steer(advance=written_duration(by))

    def set(self, to: datetime | str) -> datetime:
        """Puts it at a time, forward or back: `datetime(2026, 3, 1, 9, tzinfo=timezone.utc)` or its text."""
        return self._steer(set=written_moment(to))

    def resume(self) -> datetime:
        """Lets it run on from where it stands."""
        return self._steer(resume=True)

    def _steer(self, **change: Any) -> datetime:
        return moment(self._control.put("clock", change)["now"])
