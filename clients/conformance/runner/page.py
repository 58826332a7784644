"""The tables of docs/clients.md, from what the clients declare and what their programs checked."""

import difflib
import pathlib
import re

from .clients import WAYS, Client
from .programs import Outcome

BEGIN, END = "<!-- begin: clients/conformance/run --write -->", "<!-- end -->"
KINDS = {
    "back end": "SDKs of back ends",
    "http": "Request libraries of back ends",
    "token": "Libraries that verify id_tokens",
    "exec": "Programs without an SDK",
    "shim": "Request libraries of Mini Programs, on the shim",
}


def with_tables(page: str, outcomes: list[Outcome]) -> str:
    """The page with its tables made anew."""
    tables = "\n".join(_tables(outcomes))
    made, count = re.subn(
        rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}", lambda _: f"{BEGIN}\n\n{tables}\n{END}", page, flags=re.S
    )
    if count != 1:
        raise SystemExit(f"the page needs `{BEGIN}` and `{END}` once")
    return made


def difference(path: pathlib.Path, wanted: str) -> str:
    """What would change in the page, or nothing."""
    lines = difflib.unified_diff(
        path.read_text().splitlines(), wanted.splitlines(), str(path), "as checked", lineterm=""
    )
    return "\n".join(lines)


def _tables(outcomes: list[Outcome]) -> list[str]:
    lines = []
    for kind, title in KINDS.items():
        of_kind = [outcome for outcome in outcomes if outcome.client.kind == kind]
        if of_kind and kind == "exec":
            lines += [f"### {title}", "", *(f"- {check.check}" for outcome in of_kind for check in outcome.checks), ""]
        elif of_kind:
            lines += [f"### {title}", "", *_clients(of_kind), "", *_checks(of_kind), ""]
    return lines


def _clients(outcomes: list[Outcome]) -> list[str]:
    lines = ["| client | version | ways | checks | how it is told the address |", "|---|---|---|---|---|"]
    for client in _of(outcomes):
        own = [outcome for outcome in outcomes if outcome.client == client]
        ways = ", ".join(WAYS[outcome.way] for outcome in own)
        checks = " + ".join(str(len(outcome.checks)) for outcome in own)
        version = f"{client.package} {client.version} ({client.registry})"
        lines.append(f"| {client.name} | {version} | {ways} | {checks} | {client.base_url} |")
    return lines


def _checks(outcomes: list[Outcome]) -> list[str]:
    clients = _of(outcomes)
    lines = [f"| check | {' | '.join(client.name for client in clients)} |", "|---" * (len(clients) + 1) + "|"]
    for check in dict.fromkeys(check.check for outcome in outcomes for check in outcome.checks):
        cells = [_cell([outcome for outcome in outcomes if outcome.client == client], check) for client in clients]
        lines.append(f"| {check} | {' | '.join(cells)} |")
    return lines


def _cell(outcomes: list[Outcome], name: str) -> str:
    """In which of the client's ways the check was carried out."""
    ways = [outcome.way for outcome in outcomes if any(check.check == name for check in outcome.checks)]
    if not ways:
        return "—"
    return "✓" if len(ways) == len(outcomes) else ", ".join(WAYS[way] for way in ways)


def _of(outcomes: list[Outcome]) -> list[Client]:
    return list(dict.fromkeys(outcome.client for outcome in outcomes))
