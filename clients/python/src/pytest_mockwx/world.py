"""One world: a sealed WeChat and IDaaS in the hands of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_mockwx.artefacts import Artefact
from pytest_mockwx.clock import Clock
from pytest_mockwx.expected_calls import ExpectedCalls
from pytest_mockwx.faults import Faults
from pytest_mockwx.journal import Exchange, Explanation, Journal, Message
from pytest_mockwx.moments import moment, written_duration
from pytest_mockwx.person import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from types import TracebackType

    from pytest_mockwx.control import Control

# pytest shows the line of the test, not ours.
__tracebackhide__ = True


class World:
    """One sealed WeChat, one IDaaS tenant, a clock, faults, a journal and an outbox. No other world notices it.

    As a context manager it is deleted at the end.
    """

    def __init__(self, control: Control, name: str, environment: Callable[[str], dict[str, str]]) -> None:
        self._control = control
        self._environment = environment
        self.name = name
        self.clock = Clock(control)
        self.faults = Faults(control)
        self.journal = Journal(control)

    @property
    def url(self) -> str:
        """Its base URL, for an application that lives in this world alone.

        An application that was pointed at the lab finds this world by the codes and tokens that were made in it.
        """
        return self._control.url

    def environment(self) -> dict[str, str]:
        """The variables that send an application to this world with no line changed: base URLs, proxies, certificates.

        >>> subprocess.Popen(["flask", "run"], env={**os.environ, **world.environment()})  # doctest: +SKIP
        """
        return self._environment(self.url)

    def person(self, name: str | None = None, *, appid: str | None = None) -> Person:
        """Somebody with a phone in the hand, running a mini program; the world's first ones if nobody says."""
        return Person(self._control, name, appid)

    def age(self, artefact: str | None = None, *, by: timedelta | str, kind: str | None = None) -> int:
        """Makes one code, token or key older, or all of a kind, while the clock stands; gives how many."""
        return self._alter(artefact, kind, {"by": written_duration(by)})

    def expire(self, artefact: str | None = None, *, kind: str | None = None) -> int:
        """Lets one code, token or key be expired, or all of a kind (`access_token`), while the clock stands."""
        return self._alter(artefact, kind, {"expire": True})

    def revoke(self, artefact: str | None = None, *, kind: str | None = None) -> int:
        """Takes one code, token or key back, or all of a kind."""
        return self._alter(artefact, kind, {"revoke": True})

    def artefacts(self, kind: str | None = None, *, state: str | None = None) -> list[Artefact]:
        """What was handed out, oldest first."""
        found = self._control.get("artefacts", {"kind": kind, "state": state})["artefacts"]
        return [Artefact.read(record) for record in found]

    def explain(self, rid: str) -> Explanation:
        """The story of one answer, by its request id or by the whole `errmsg` in which that stands."""
        told = self._control.get(f"explain/{_as_path(rid)}")
        return Explanation(
            told["rid"],
            told["world"],
            told.get("rule"),
            told.get("code"),
            told["story"],
            Exchange.read(told["exchange"]),
        )

    def outbox(self, to: str | None = None) -> list[Message]:
        """SMS and e-mails that IDaaS "sent", newest first."""
        return [
            Message(
                at=moment(sent["at"]),
                channel=sent["channel"],
                to=sent["to"],
                type=sent["type"],
                verify_code=sent["verify_code"],
                text=sent["text"],
            )
            for sent in self._control.get("outbox", {"to": to})["messages"]
        ]

    def captcha(self, token: str) -> float:
        """Where the slider of a picture belongs."""
        return float(self._control.get(f"captcha/{_as_path(token)}")["x"])

    def expect_calls(
        self, paths: Mapping[str, int] | None = None, *, wechat: int | None = None, idaas: int | None = None
    ) -> ExpectedCalls:
        """Fails the test unless the block causes just so many calls, by path or by who answered.

        >>> with world.expect_calls({"/sns/jscode2session": 1}):  # doctest: +SKIP
        ...     client.post("/login", json={"code": alice.login_code()})
        """
        return ExpectedCalls(self.journal, paths, wechat, idaas)

    def export(self) -> dict[str, Any]:
        """The world file of the world as it is now: whole, unmasked, generated values included."""
        exported: dict[str, Any] = self._control.get("world")
        return exported

    def replace(self, world: Mapping[str, Any]) -> None:
        """Makes the world anew from a world file."""
        self._control.put("world", world)

    def change(self, part: Mapping[str, Any]) -> None:
        """Changes parts of the world; codes, tokens and sessions stay. Maps are merged, `None` takes a key away."""
        self._control.patch("world", part)

    def reset(self) -> None:
        """Puts the world back to its seed."""
        self._control.post("world/reset")

    def delete(self) -> None:
        """Takes the world away with all that is in it."""
        self._control.delete(f"worlds/{self.name}")

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.delete()

    def __repr__(self) -> str:
        return f"World({self.name!r} at {self.url})"

    def _alter(self, artefact: str | None, kind: str | None, how: dict[str, Any]) -> int:
        if (artefact is None) == (kind is None):
            raise ValueError('say one artefact, or kind="access_token" for all of a kind')
        which = {"artefact": artefact} if kind is None else {"kind": kind}
        return int(self._control.post("artefacts/age", {**which, **how})["altered"])


def _as_path(text: str) -> str:
    return quote(text, safe="")
