"""What was asked in a world, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_mockwx.moments import moment

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_mockwx.control import Control

# pytest shows the line of the test, not ours.
__tracebackhide__ = True

# More than a journal keeps.
_ALL = 10_000_000


@dataclass(frozen=True)
class Refusal:
    """Why something was refused."""

    rule: str
    """The rule by its name: `login_code_expired`."""
    code: str
    """The vendor's code: `40029`."""
    story: list[str]
    """What happened, a sentence each; the last one is the way out."""


@dataclass(frozen=True)
class Exchange:
    """One call and its answer. Secrets stand by their names, such as `‹login code 1›`, unless they are asked for."""

    seq: int
    at: datetime
    asked_by: str
    """`device`, `mini_program`, `back_end` or `idaas`."""
    answered_by: str
    """`wechat` or `idaas`."""
    method: str
    target: str
    """Path and query; `wx.login` and the like for the phone's own calls."""
    request: Any
    status: int
    answer: Any
    rid: str | None
    refusal: Refusal | None
    faults: list[str]
    """Planned faults that hit it."""

    @property
    def path(self) -> str:
        """The path alone."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        text = f"{self.asked_by} → {self.answered_by}  {self.method} {self.path}  {self.status}"
        if self.refusal:
            text += f"  refused: {self.refusal.code or self.refusal.rule}"
        return text

    @classmethod
    def read(cls, record: dict[str, Any]) -> Exchange:
        refusal = record.get("refusal")
        return cls(
            seq=record["seq"],
            at=moment(record["at"]),
            asked_by=record["from"],
            answered_by=record["to"],
            method=record["method"],
            target=record["target"],
            request=record.get("request"),
            status=record["status"],
            answer=record.get("answer"),
            rid=record.get("rid"),
            refusal=Refusal(refusal["rule"], refusal["code"], refusal["story"]) if refusal else None,
            faults=record.get("faults", []),
        )


@dataclass(frozen=True)
class Explanation:
    """The story of one answer."""

    rid: str
    world: str
    rule: str | None
    """The rule that refused it, if it was refused."""
    code: str | None
    story: list[str]
    exchange: Exchange

    def __str__(self) -> str:
        return "\n".join(self.story)


@dataclass(frozen=True)
class Message:
    """An SMS or e-mail that IDaaS "sent"."""

    at: datetime
    channel: str
    """`sms` or `email`."""
    to: str
    type: str
    verify_code: str
    text: str


class Journal:
    """The exchanges of one world."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def exchanges(
        self,
        path: str | None = None,
        *,
        asked_by: str | None = None,
        answered_by: str | None = None,
        since: int = 0,
        reveal: bool = False,
    ) -> list[Exchange]:
        """All of them, or those that fit, oldest first; `since` leaves out all up to a number."""
        query = {"path": path, "from": asked_by, "to": answered_by, "since": since, "limit": _ALL}
        page = self._control.get("journal", {**query, "reveal": "true" if reveal else None})
        return [Exchange.read(record) for record in page["exchanges"]]

    def refusals(self) -> list[Exchange]:
        """Those that were refused."""
        return [exchange for exchange in self.exchanges() if exchange.refusal]

    @property
    def last(self) -> int:
        """The number of the newest exchange."""
        return int(self._control.get("journal", {"limit": 0})["last"])

    def clear(self) -> None:
        """Forgets all; the numbers go on."""
        self._control.delete("journal")
