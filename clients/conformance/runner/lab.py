"""A lab on a free port, with a world for each program."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator

START_WITHIN = 20.0


class Lab:
    def __init__(self, url: str, data: pathlib.Path) -> None:
        self._url = url
        self.data = data
        """Where mockwx keeps its certificate authority: not with the user's."""

    def fresh_world(self, name: str) -> str:
        """The base URL of a new world."""
        body = json.dumps({"name": name}).encode()
        request = urllib.request.Request(f"{self._url}/__admin/v1/worlds", body, {"content-type": "application/json"})
        with _direct.open(request, timeout=10) as answer:
            return json.load(answer)["url"]


# No proxy of the surroundings stands between this machine and itself.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def running(mockwx: pathlib.Path) -> Iterator[Lab]:
    """Serves a lab, from an empty folder so that no project file has a say, and ends it."""
    with tempfile.TemporaryDirectory(prefix="mockwx-conformance-") as folder:
        port_file = pathlib.Path(folder, "port")
        log = pathlib.Path(folder, "log")
        data = pathlib.Path(folder, "data")
        with log.open("wb") as talk:
            server = subprocess.Popen(
                [mockwx, "serve", "--listen", "127.0.0.1:0", "--port-file", port_file],
                cwd=folder,
                env=os.environ | {"XDG_DATA_HOME": str(data)},
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
            )
        try:
            yield Lab(f"http://127.0.0.1:{_port(server, port_file, log)}", data)
        finally:
            _end(server)


def _end(server: subprocess.Popen) -> None:
    """Asks twice: the first time it would still answer calls that are on their way, and some hang on purpose."""
    for ask in (server.terminate, server.terminate, server.kill):
        ask()
        try:
            server.wait(timeout=0.5)
            return
        except subprocess.TimeoutExpired:
            continue
    server.wait()


def _port(server: subprocess.Popen, port_file: pathlib.Path, log: pathlib.Path) -> int:
    until = time.monotonic() + START_WITHIN
    while not port_file.exists():
        if server.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"the lab did not start (status {server.poll()}):\n{log.read_text()}")
        time.sleep(0.02)
    return int(port_file.read_text())
