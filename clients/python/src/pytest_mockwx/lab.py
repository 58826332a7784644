"""A lab: a running mockwx with its worlds."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_mockwx import program
from pytest_mockwx.control import Control
from pytest_mockwx.errors import MockwxError
from pytest_mockwx.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    WorldFile = str | os.PathLike[str] | Mapping[str, Any]

# pytest shows the line of the test, not ours.
__tracebackhide__ = True

# A world's name has 63 characters at most.
_LONGEST_STEM = 50


class Lab:
    """A running mockwx: one that was started here and ends with `close`, or one that was joined and goes on.

    >>> with Lab.start() as lab:  # doctest: +SKIP
    ...     lab.world().person("alice").login_code()
    """

    def __init__(self, url: str, *, admin_token: str | None = None, serving: program.Serving | None = None) -> None:
        self.url = url.rstrip("/")
        """Its base URL, for an application that all worlds share."""
        self._serving = serving
        self._admin_token = admin_token
        root, _, named = self.url.partition("/__world/")
        self._root = Control(root, admin_token=admin_token)
        self._named = named or "default"
        self._files: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def start(
        cls, *, world: str | os.PathLike[str] | None = None, strict: bool = False, executable: str | None = None
    ) -> Lab:
        """Starts one on a free port, with a world file for its default world if one is given.

        It ends with `close`, or with this process if that is killed. A project file `mockwx.yaml` in the working folder
        counts, as it does for `mockwx serve`.
        """
        arguments = [] if world is None else ["--world", os.fspath(world)]
        arguments += ["--strict"] if strict else []
        serving = program.Serving(executable or program.find(os.environ), arguments)
        return cls(serving.url, admin_token=os.environ.get("MOCKWX_ADMIN_TOKEN"), serving=serving)

    @classmethod
    def join(cls, url: str, *, admin_token: str | None = None) -> Lab:
        """Joins one that runs; a URL that ends in `/__world/NAME` means that world by `world()`."""
        lab = cls(url, admin_token=admin_token or os.environ.get("MOCKWX_ADMIN_TOKEN"))
        try:
            lab.version()
        except MockwxError:
            lab.close()
            raise
        return lab

    @classmethod
    def open(cls) -> Lab:
        """Joins the lab that `MOCKWX_URL` names, and starts one if it names none."""
        url = os.environ.get("MOCKWX_URL")
        return cls.join(url) if url else cls.start()

    def version(self) -> str:
        """The version of mockwx that runs."""
        return str(self._root.get("about")["version"])

    def world(self, name: str | None = None) -> World:
        """A world that is there already; without a name the default one."""
        name = name or self._named
        return self._world(self._root.get(f"worlds/{name}")["name"])

    def worlds(self) -> list[str]:
        """The names of all worlds."""
        return [world["name"] for world in self._root.get("worlds")["worlds"]]

    def new_world(self, name: str, world: WorldFile | None = None) -> World:
        """Makes a world of this name: of a world file, or as the default world was started."""
        if isinstance(world, (str, os.PathLike)):
            path = Path(world).resolve()
            program.create_world(program.find(os.environ), self._root.url, name, path, self._admin_token)
        else:
            self._root.post("worlds", {"name": name, **({} if world is None else {"world": world})})
        return self._world(name)

    def fresh_world(self, world: WorldFile | None = None, *, stem: str = "world") -> World:
        """Makes a world whose name no other has, in no other process either; it begins with the stem."""
        readable = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:_LONGEST_STEM].rstrip("-") or "world"
        return self.new_world(f"{readable}-{secrets.token_hex(4)}", world)

    def environment(self) -> dict[str, str]:
        """The variables that send SDKs to this lab with no line changed: base URLs, proxies, certificates.

        What `mockwx exec` sets for a command. The files that they name go with `close`.
        """
        return self._environment(self.url)

    def close(self) -> None:
        """Ends the lab if it was started here, with all its worlds."""
        self._root.close()
        if self._files:
            self._files.cleanup()
            self._files = None
        if self._serving:
            self._serving.end()
            self._serving = None

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Lab(at {self.url})"

    def _world(self, name: str) -> World:
        return World(self._root.at(f"{self._root.url}/__world/{name}"), name, self._environment)

    def _environment(self, url: str) -> dict[str, str]:
        if self._files is None:
            self._files = tempfile.TemporaryDirectory(prefix="mockwx-")
        return program.environment(program.find(os.environ), url, Path(self._files.name), self._admin_token)
