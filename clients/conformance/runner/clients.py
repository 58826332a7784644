"""The clients: what each folder declares in its client.json, and which version its lock file pins."""

import dataclasses
import json
import pathlib
import re

WAYS = {
    "base-url": "base URL",
    "unmodified": "unmodified",
    "shim": "on the shim",
}


@dataclasses.dataclass(frozen=True)
class Client:
    folder: pathlib.Path
    name: str
    package: str
    kind: str
    program: str
    ways: tuple[str, ...]
    base_url: str

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def is_python(self) -> bool:
        return (self.folder / "requirements.txt").exists()

    @property
    def registry(self) -> str:
        return "PyPI" if self.is_python else "npm"

    @property
    def pins(self) -> pathlib.Path:
        """The file that pins every package of the client."""
        return self.folder / ("requirements.txt" if self.is_python else "package-lock.json")

    @property
    def version(self) -> str:
        if not self.package:
            return ""
        text = self.pins.read_text()
        if not self.is_python:
            return json.loads(text)["packages"][f"node_modules/{self.package}"]["version"]
        found = re.search(rf"^{re.escape(self.package)}(?:\[\w+\])?==(\S+)$", text, re.MULTILINE)
        if found is None:
            raise SystemExit(f"{self.pins} pins no version of {self.package}")
        return found[1]


def without_sdk(conformance: pathlib.Path) -> Client:
    """Programs with request libraries only, which `exec/run` installs and runs itself."""
    return Client(
        folder=conformance / "exec",
        name="no SDK",
        package="",
        kind="exec",
        program="run",
        ways=("unmodified",),
        base_url="",
    )


def declared(conformance: pathlib.Path) -> list[Client]:
    """Every folder that has a client.json, ordered by kind and name."""
    clients = [_read(path) for path in conformance.glob("*/client.json")]
    return sorted(clients, key=lambda client: (client.kind, client.id))


def _read(path: pathlib.Path) -> Client:
    fields = json.loads(path.read_text())
    try:
        client = Client(folder=path.parent, **{**fields, "ways": tuple(fields["ways"])})
    except (KeyError, TypeError) as error:
        raise SystemExit(f"{path}: {error}") from None
    unknown = set(client.ways) - set(WAYS)
    if unknown or not client.ways:
        raise SystemExit(f"{path}: ways are {', '.join(WAYS)}, not {', '.join(unknown) or 'none'}")
    if not client.pins.exists():
        raise SystemExit(f"{path.parent} has neither a package-lock.json nor a requirements.txt")
    return client
