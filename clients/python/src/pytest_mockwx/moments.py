"""Times and durations, as Python has them and as the control API writes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


def moment(text: str) -> datetime:
    """Reads a time of the control API, such as `2026-03-01T09:00:00.5Z`."""
    # Before Python 3.11, `fromisoformat` takes neither `Z` nor a fraction of any length.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return datetime.fromisoformat(whole).replace(microsecond=micros, tzinfo=timezone.utc)


def written_moment(time: datetime | str) -> str:
    """Writes a time for the control API. One without a time zone could mean anything and is refused."""
    if isinstance(time, str):
        return time
    if time.tzinfo is None:
        raise ValueError(f"{time!r} has no time zone; hint: datetime(…, tzinfo=timezone.utc)")
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def written_duration(duration: timedelta | str) -> str:
    """Writes a duration for the control API; a text such as `4m59s` goes as it is."""
    if isinstance(duration, str):
        return duration
    return f"{duration // timedelta(milliseconds=1)}ms"
