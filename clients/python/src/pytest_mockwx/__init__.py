"""An offline WeChat and an offline IDaaS in the hands of Python tests.

With pytest, ask for the fixtures `wx_world` and `mockwx`. Without it, use `Lab`:

>>> with Lab.open() as lab, lab.fresh_world() as world:  # doctest: +SKIP
...     code = world.person("alice").login_code()
"""

from pytest_mockwx.artefacts import Artefact
from pytest_mockwx.clock import Clock
from pytest_mockwx.errors import ControlError, MockwxError, NoCodeError, ProgramError, UnreachableError
from pytest_mockwx.expected_calls import ExpectedCalls
from pytest_mockwx.faults import Faults, PlannedFault
from pytest_mockwx.journal import Exchange, Explanation, Journal, Message, Refusal
from pytest_mockwx.lab import Lab
from pytest_mockwx.person import Person
from pytest_mockwx.world import World

__all__ = [
    "Artefact",
    "Clock",
    "ControlError",
    "Exchange",
    "ExpectedCalls",
    "Explanation",
    "Faults",
    "Journal",
    "Lab",
    "Message",
    "MockwxError",
    "NoCodeError",
    "Person",
    "PlannedFault",
    "ProgramError",
    "Refusal",
    "UnreachableError",
    "World",
]
