"""What a world handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_mockwx.moments import moment

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Artefact:
    """A code, token, key or identifier that was handed out."""

    kind: str
    """`login_code`, `phone_code`, `access_token`, `session_token` …"""
    value: str
    state: str
    """`live`, `used`, `expired`, `replaced` or `revoked`."""
    issued_at: datetime
    expires_at: datetime | None
    of: dict[str, str]
    """Whose it is: `person`, `appid` …"""

    @classmethod
    def read(cls, record: dict[str, Any]) -> Artefact:
        expires_at = record.get("expires_at")
        return cls(
            kind=record["kind"],
            value=record["value"],
            state=record["state"],
            issued_at=moment(record["issued_at"]),
            expires_at=moment(expires_at) if expires_at else None,
            of=record.get("of", {}),
        )
