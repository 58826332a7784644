"""Puts the program into the wheel as a script, and names the platform that it is for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProgramHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        program = os.environ["MOCKWX_WHEEL_PROGRAM"]
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ['MOCKWX_WHEEL_PLATFORM']}"
        build_data["shared_scripts"] = {program: Path(program).name}
