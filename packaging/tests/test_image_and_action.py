"""What cannot be run without an engine or GitHub: held to schemas and linters, and its shell lines run by hand."""

import contextlib
import json
import os
import re
import signal
import subprocess
import textwrap
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PACKAGING
from ruamel.yaml import YAML


def linted(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGING)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_dockerfile_has_no_complaint() -> None:
    linted("hadolint", "docker/Dockerfile")


@pytest.mark.parametrize(
    ("schema", "file"), [("compose-spec", "docker/compose.yaml"), ("github-actions", "action/action.yml")]
)
def test_a_file_is_what_its_schema_allows(schema: str, file: str) -> None:
    linted("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file)


def test_the_books_examples_are_what_their_schemas_allow(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```yml\n(.*?)^```", (PACKAGING.parent / "docs/install.md").read_text(), re.DOTALL | re.MULTILINE
    )
    *compose, job = blocks
    for number, block in enumerate(compose):
        (tmp_path / f"compose-{number}.yaml").write_text(block)
    linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *sorted(tmp_path.iterdir()))
    workflow = f"on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n{textwrap.indent(job, '    ')}"
    (tmp_path / "workflow.yaml").write_text(workflow)
    linted("check-jsonschema", "--builtin-schema", "vendor.github-workflows", tmp_path / "workflow.yaml")
    used = YAML(typ="safe").load(job)["steps"][1]["with"]
    assert set(used) <= set(action()["inputs"])


def test_the_context_of_the_image_holds_what_the_dockerfile_copies(programs: Path, tmp_path: Path) -> None:
    linted("docker/context", programs, tmp_path / "image")
    (program,) = (tmp_path / "image").glob("*/mockwx")
    assert program.parent.name in ("amd64", "arm64")
    assert os.access(program, os.X_OK)
    assert (tmp_path / "image/data").is_dir()
    copied = [
        line.split()[-2]
        for line in (PACKAGING / "docker/Dockerfile").read_text().splitlines()
        if line.startswith("COPY")
    ]
    assert copied == ["${TARGETARCH}/mockwx", "data"]


def test_the_variables_of_the_image_start_it_and_ask_for_a_token(tmp_path: Path) -> None:
    """The settings of the image, but for the port: beyond loopback, and with a folder for the authority."""
    settings = {"MOCKWX_LISTEN": "0.0.0.0:0", "MOCKWX_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    refused = subprocess.run([os.environ["MOCKWX_BIN"], "serve"], capture_output=True, text=True, env=settings)
    assert refused.returncode == 2
    assert "--admin-token" in refused.stderr


def action() -> dict[str, Any]:
    return YAML(typ="safe").load(PACKAGING / "action/action.yml")


def test_the_health_check_of_the_image_asks_the_lab() -> None:
    dockerfile = (PACKAGING / "docker/Dockerfile").read_text()
    check = json.loads(re.search(r"^HEALTHCHECK .* CMD (.*)$", dockerfile, re.MULTILINE)[1])
    assert check.pop(0) == "/mockwx"
    with serving() as url:
        assert subprocess.run([os.environ["MOCKWX_BIN"], *check], env={"MOCKWX_URL": url}).returncode == 0
    unhealthy = subprocess.run([os.environ["MOCKWX_BIN"], *check], env={"MOCKWX_URL": url}, capture_output=True)
    assert unhealthy.returncode != 0


@contextlib.contextmanager
def serving() -> Iterator[str]:
    command = [os.environ["MOCKWX_BIN"], "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        yield re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]
        server.terminate()
        server.stdout.read()


def steps() -> dict[str, Any]:
    return {step["name"]: step for step in action()["runs"]["steps"]}


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The environment of a GitHub runner, with mockwx installed."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/mockwx").symlink_to(os.environ["MOCKWX_BIN"])
    for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTIONS": "true",
        **{name: str(tmp_path / name) for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")},
    }


def step(name: str, runner: dict[str, str], **inputs: str) -> subprocess.CompletedProcess[str]:
    """Runs a step's lines as a runner does."""
    shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", steps()[name]["run"]]
    assert set(inputs) == set(steps()[name]["env"])
    return subprocess.run(shell, env={**runner, **inputs}, cwd=PACKAGING.parent, capture_output=True, text=True)


def test_the_action_starts_a_lab_and_tells_where(runner: dict[str, str]) -> None:
    done = step("Start a lab", runner, WORLD="scenarios/worlds/returning.yaml", ARGS="--strict")
    assert done.returncode == 0, done.stderr
    url = Path(runner["GITHUB_OUTPUT"]).read_text().strip().removeprefix("url=")
    assert Path(runner["GITHUB_ENV"]).read_text() == f"MOCKWX_URL={url}\n"
    try:
        with urllib.request.urlopen(f"{url}/readyz") as ready:
            assert ready.status == 200
    finally:
        end(runner)


def end(runner: dict[str, str]) -> None:
    """Ends the lab that a step left running, as a runner does."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"RUNNER_TEMP={runner['RUNNER_TEMP']}\0" in (process / "environ").read_text():
                os.kill(int(process.name), signal.SIGTERM)
        except OSError:
            continue  # it has ended, or is another user's


def test_an_action_whose_lab_does_not_start_fails_with_its_reason(runner: dict[str, str]) -> None:
    done = step("Start a lab", runner, WORLD="nowhere.yaml", ARGS="")
    assert done.returncode == 1
    assert "nowhere.yaml" in done.stderr


def test_the_action_runs_scenarios(runner: dict[str, str]) -> None:
    done = step("Run scenarios", runner, SCENARIOS="scenarios/login scenarios/phone", ARGS="--jobs 2")
    assert done.returncode == 0, done.stdout + done.stderr
