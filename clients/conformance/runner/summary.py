"""Tells what came of a run: a table, each failure whole, and a JSON file."""

import json
import pathlib

from .clients import WAYS
from .programs import Outcome

# Lines of what a program said beside its checks.
TALK = 60


def table(outcomes: list[Outcome]) -> str:
    """A line for each client: its version and how many checks passed in each way."""
    width = max(len(f"{outcome.client.name} {outcome.client.version}") for outcome in outcomes)
    lines = []
    for client in dict.fromkeys(outcome.client for outcome in outcomes):
        cells = [_cell(outcome) for outcome in outcomes if outcome.client == client]
        lines.append(f"{client.name + ' ' + client.version:<{width}}  {', '.join(cells)}")
    return "\n".join(lines)


def failures(outcomes: list[Outcome]) -> str:
    """Each failed check, and each program that failed otherwise, with what is known."""
    lines = []
    for outcome in outcomes:
        where = f"{outcome.client.name}, {WAYS[outcome.way]}"
        lines += [f"FAILED {where}: {check.check}\n{check.detail}" for check in outcome.checks if not check.ok]
        if outcome.trouble:
            lines.append(f"FAILED {where}: {outcome.trouble}")
        if outcome.talk and not outcome.ok:
            lines += ["       and said:", *outcome.talk.splitlines()[-TALK:]]
    return "\n".join(line.replace("\n", "\n       ") for line in lines)


def write(outcomes: list[Outcome], path: pathlib.Path) -> None:
    results = [
        {
            "client": outcome.client.id,
            "package": outcome.client.package,
            "version": outcome.client.version,
            "way": outcome.way,
            "ok": outcome.ok,
            "trouble": outcome.trouble,
            "checks": [vars(check) for check in outcome.checks],
        }
        for outcome in outcomes
    ]
    path.write_text(json.dumps({"version": 1, "programs": results}, indent=2, ensure_ascii=False) + "\n")


def _cell(outcome: Outcome) -> str:
    passed = sum(check.ok for check in outcome.checks)
    mark = "" if outcome.ok else " FAILED"
    return f"{WAYS[outcome.way]} {passed}/{len(outcome.checks)}{mark}"
