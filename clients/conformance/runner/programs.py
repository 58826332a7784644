"""Runs a client's program in one way and reads the checks that it prints."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess

from .clients import Client
from .install import PYTHON
from .lab import Lab

# Seconds: for a program, and for one that installs its packages, too.
TIME = 120
ALL_IN_ALL = 300
STORY = pathlib.Path(__file__).resolve().parents[1] / "story"
SHIM = pathlib.Path(__file__).resolve().parents[2] / "js" / "auto.cjs"


@dataclasses.dataclass
class Check:
    check: str
    ok: bool
    detail: str


@dataclasses.dataclass
class Outcome:
    """What came of one program: its checks, and why it failed beyond them."""

    client: Client
    way: str
    checks: list[Check] = dataclasses.field(default_factory=list)
    trouble: str = ""
    talk: str = ""
    """What else it printed."""

    @property
    def ok(self) -> bool:
        return not self.trouble and all(check.ok for check in self.checks)


def run(client: Client, way: str, folder: pathlib.Path, mockwx: pathlib.Path, lab: Lab) -> Outcome:
    """Runs the program of a client that is installed in `folder`, in a world of its own."""
    command = [*_interpreter(client, folder), str(folder / pathlib.Path(client.program).name), way]
    if way == "unmodified":
        command = [str(mockwx), "exec", "--", *command]
    return follow(Outcome(client, way), command, folder, _environment(client, way, lab))


def run_by_itself(client: Client, mockwx: pathlib.Path, work: pathlib.Path) -> Outcome:
    """Runs a client that installs its packages and starts its labs itself."""
    command = [str(client.folder / client.program), str(mockwx), str(work / client.id)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKWX_")}
    return follow(Outcome(client, "unmodified"), command, client.folder, environment, ALL_IN_ALL)


def follow(
    outcome: Outcome, command: list[str], folder: pathlib.Path, environment: dict[str, str], within: float = TIME
) -> Outcome:
    """Runs a command to its end, or to the end of its time, and takes down what it printed."""
    try:
        # A group of its own, so that nothing that it started outlives it.
        program = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        outcome.trouble = f"`{command[0]}` could not be started: {error}"
        return outcome
    try:
        out, err = program.communicate(timeout=within)
        ended = f"the program ended with {program.returncode}"
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        out, err = program.communicate()
        ended = f"the program did not end within {within:g} s"
    talk = []
    for line in out.splitlines():
        check = _check(line)
        outcome.checks.append(check) if check else talk.append(line)
    outcome.talk = "\n".join([*talk, err]).strip()
    if program.returncode != 0 and all(check.ok for check in outcome.checks):
        outcome.trouble = ended
    elif program.returncode == 0 and not outcome.checks:
        outcome.trouble = "the program checked nothing"
    return outcome


def _check(line: str) -> Check | None:
    try:
        read = json.loads(line)
    except ValueError:
        return None
    if not isinstance(read, dict) or not isinstance(read.get("check"), str):
        return None
    return Check(read["check"], read.get("ok") is True, str(read.get("detail", "")))


def _interpreter(client: Client, folder: pathlib.Path) -> list[str]:
    return [str(folder / PYTHON)] if client.is_python else ["node"]


def _environment(client: Client, way: str, lab: Lab) -> dict[str, str]:
    world = lab.fresh_world(f"{client.id}-{way}")
    environment = {name: value for name, value in os.environ.items() if not _decides_where_calls_go(name)}
    return environment | {
        "MOCKWX_URL": world,
        "WECHAT_API_BASE_URL": world,
        "IDAAS_BASE_URL": world,
        "XDG_DATA_HOME": str(lab.data),
        "CONFORMANCE_SHIM": str(SHIM),
        "PYTHONPATH": str(STORY),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _decides_where_calls_go(name: str) -> bool:
    return name.lower().endswith("_proxy") or name.startswith("MOCKWX_") or name == "NODE_OPTIONS"
