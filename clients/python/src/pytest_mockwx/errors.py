"""What goes wrong, each error with its way out."""

from __future__ import annotations

from typing import Any


class MockwxError(Exception):
    """Something between a test and its lab went wrong. Its text tells what happened, and a line with a hint."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}\nhint: {hint}")
        self.message = message
        self.hint = hint


class ControlError(MockwxError):
    """The control API refused a call, in its own words."""

    def __init__(
        self, code: str, message: str, hint: str | None = None, problems: list[dict[str, Any]] | None = None
    ) -> None:
        self.code = code
        """Its name for programs: `unknown_person`, `world_exists`."""
        self.problems = problems or []
        """Everything that is wrong with a world file or a fault, each with its `path`."""
        super().__init__(_with_problems(message, self.problems), hint if len(self.problems) < _SEVERAL else None)


class UnreachableError(MockwxError):
    """There is no lab at the address."""


class ProgramError(MockwxError):
    """The program `mockwx` is not there or does not start."""


class NoCodeError(MockwxError):
    """A phone was told no, so there is no code."""

    def __init__(self, call: str, answer: dict[str, Any], story: list[str]) -> None:
        self.answer = answer
        """What the phone's callback was handed: `errMsg` and perhaps `errno`."""
        self.story = story
        """Why, a sentence each; the last one is the way out."""
        told = f"{call} was told `{answer.get('errMsg')}`"
        why = f": {'; '.join(story[:-1])}" if len(story) > 1 else ""
        super().__init__(told + why, story[-1] if story else None)


_SEVERAL = 2


def _with_problems(message: str, problems: list[dict[str, Any]]) -> str:
    """One problem is the message itself; several are a list."""
    if len(problems) < _SEVERAL:
        return message
    lines = [f"{len(problems)} problems:"]
    for problem in problems:
        lines.append(f"  {problem['path']}: {problem['message']}" if problem["path"] else f"  {problem['message']}")
        if problem.get("hint"):
            lines.append(f"    hint: {problem['hint']}")
    return "\n".join(lines)
