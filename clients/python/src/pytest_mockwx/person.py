"""A WeChat user with a phone in the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_mockwx.errors import ControlError, NoCodeError

if TYPE_CHECKING:
    from pytest_mockwx.control import Control

# pytest shows the line of the test, not ours.
__tracebackhide__ = True


class Person:
    """Somebody who uses a mini program: what their phone hands its callbacks.

    Without an `appid` it is the world's first mini program that runs on the phone.
    """

    def __init__(self, control: Control, name: str | None, appid: str | None = None) -> None:
        self._control = control
        self.name = name
        """The name in the world file; `None` is the world's first person."""
        self.appid = appid

    def login_code(self) -> str:
        """The code that `wx.login` hands over. It is good for five minutes and once."""
        return self._code("wx.login", "login", {})

    def phone_code(self, *, realtime: bool = False, phone: str | None = None) -> str:
        """The code that the phone number button hands over when the person agrees.

        `realtime` is the other button, which verifies the number; `phone` picks one of the person's numbers.
        """
        call = "getRealtimePhoneNumber" if realtime else "getPhoneNumber"
        return self._code(call, "phone-number", {"realtime": realtime, "phone": phone})

    def login(self, *, outcome: str = "ok") -> dict[str, Any]:
        """All that `wx.login` hands its callback; `outcome` may be `timeout` or `blocked`."""
        return self._ask("login", {"outcome": outcome})[0]

    def phone_number(
        self, *, realtime: bool = False, phone: str | None = None, outcome: str = "agree"
    ) -> dict[str, Any]:
        """All of the button's `e.detail`; `outcome` may be `deny`, `cancel`, `no_quota` and others."""
        return self._ask("phone-number", {"realtime": realtime, "phone": phone, "outcome": outcome})[0]

    def check_session(self) -> dict[str, Any]:
        """What `wx.checkSession` hands its callback."""
        return self._ask("check-session", {})[0]

    def user_info(self, *, with_credentials: bool = True) -> dict[str, Any]:
        """What `wx.getUserInfo` hands its callback: `rawData`, `signature`, `encryptedData`, `iv`."""
        return self._ask("user-info", {"withCredentials": with_credentials})[0]

    def user_profile(self, desc: str) -> dict[str, Any]:
        """What `wx.getUserProfile` hands its callback; `desc` is the purpose that the person is told."""
        return self._ask("user-profile", {"desc": desc})[0]

    def openid(self) -> str:
        """The person's openid in the mini program. It depends on the seed and the names alone, so compare it."""
        return self._identity("openid", self.appid)

    def unionid(self) -> str:
        """The person's unionid across the mini programs of the open platform account."""
        return self._identity("unionid", None)

    def _identity(self, kind: str, appid: str | None) -> str:
        found = self._control.get("artefacts", {"kind": kind})["artefacts"]
        for artefact in found:
            of = artefact.get("of", {})
            if of.get("person") == self._named() and appid in (None, of.get("appid")):
                return str(artefact["value"])
        raise ControlError(
            "unknown_person", f"`{self._named()}` has no {kind} here", "a person has one in each mini program"
        )

    def _named(self) -> str:
        """The person's name, also if it is the first one of the world."""
        if self.name is not None:
            return self.name
        people = self._control.get("world").get("wechat", {}).get("people", {})
        return str(next(iter(people), ""))

    def _code(self, name: str, call: str, body: dict[str, Any]) -> str:
        answer, rid = self._ask(call, body)
        code = answer.get("code")
        if isinstance(code, str):
            return code
        refusal = self._control.get(f"explain/{rid}")["exchange"].get("refusal") or {}
        raise NoCodeError(name, answer, refusal.get("story", []))

    def _ask(self, call: str, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        said = {"person": self.name, "appid": self.appid, **body}
        return self._control.device(call, {key: value for key, value in said.items() if value is not None})
