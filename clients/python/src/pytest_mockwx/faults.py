"""What goes wrong in a world, on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from pytest_mockwx.control import Control

# pytest shows the line of the test, not ours.
__tracebackhide__ = True


class PlannedFault:
    """A fault that stands in its world until it is taken back; as a context manager it is taken back at the end."""

    def __init__(self, control: Control, name: str) -> None:
        self._control = control
        self.name = name

    @property
    def matched(self) -> int:
        """How many calls it was meant for."""
        return int(self._record()["matched"])

    @property
    def applied(self) -> int:
        """How many calls it hit."""
        return int(self._record()["applied"])

    def clear(self) -> None:
        """Takes it back."""
        self._control.delete(f"faults/{self.name}")

    def __enter__(self) -> PlannedFault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The test may have reset its world, or cleared all faults.
        if any(record["name"] == self.name for record in self._control.get("faults")["faults"]):
            self.clear()

    def _record(self) -> dict[str, Any]:
        for record in self._control.get("faults")["faults"]:
            if record["name"] == self.name:
                found: dict[str, Any] = record
                return found
        raise LookupError(f"the fault `{self.name}` was taken back")

    def __repr__(self) -> str:
        return f"PlannedFault({self.name!r})"


class Faults:
    """The faults of one world. No other world notices them."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def plan(
        self,
        preset: str | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        when: Mapping[str, Any] | None = None,
        what: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> PlannedFault:
        """Plans a misfortune by its name, which `mockwx faults` lists; or says where, when and what.

        >>> with world.faults.plan("system_error", when={"next": 2}):  # doctest: +SKIP
        ...     client.post("/login", json={"code": alice.login_code()})
        """
        plan = {"preset": preset, "where": where, "when": when, "what": what, "name": name}
        record = self._control.post("faults", {key: value for key, value in plan.items() if value is not None})
        return PlannedFault(self._control, record["name"])

    def planned(self) -> list[PlannedFault]:
        """Those that stand, the spent ones too."""
        return [PlannedFault(self._control, record["name"]) for record in self._control.get("faults")["faults"]]

    def clear(self) -> None:
        """Takes all back."""
        self._control.delete("faults")
