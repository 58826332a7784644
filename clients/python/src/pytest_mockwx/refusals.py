"""What a failing test is told about its world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_mockwx.journal import Exchange
    from pytest_mockwx.world import World


def told(world: World) -> str:
    """The refusals of a world, each with its story; or that only the phone was ever used. Empty if neither is so."""
    exchanges = world.journal.exchanges()
    refused = [line for exchange in exchanges if exchange.refusal for line in _lines(exchange)]
    if refused:
        return "\n".join(refused)
    if exchanges and all(exchange.asked_by == "device" for exchange in exchanges):
        return f"no application asked anything in this world; is its base URL that of the lab, or {world.url}?"
    return ""


def _lines(exchange: Exchange) -> list[str]:
    lines = [str(exchange)]
    lines += [f"  planned fault {fault}" for fault in exchange.faults]
    if exchange.refusal:
        lines += [f"  {sentence}" for sentence in exchange.refusal.story]
        lines.append(f"  rule {exchange.refusal.rule}, rid {exchange.rid}")
    return lines
