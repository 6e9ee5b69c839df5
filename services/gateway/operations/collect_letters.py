"""What is on its way between the services, and what got stuck: asked of each outbox's owner."""

import asyncio
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from services.clients.enrollment import EnrollmentClient
from services.contracts.doors import SEGMENTS
from services.kernel.letters.operate import LetterFigures, StuckBatch, letter_figures, stuck_batches
from services.kernel.problems import NeighbourSilent
from services.kernel.resources import Resources

_STUCK = TypeAdapter(list[StuckBatch])


class OutboxOut(BaseModel):
    """One service's letters. ``figures`` is null while the service does not answer."""

    service: str
    figures: LetterFigures | None
    stuck: list[StuckBatch]


class LettersOut(BaseModel):
    """All outboxes, and what became of messages to people."""

    announced: int = Field(description="Over all services that answered.")
    delivered: int
    waiting: int
    dead: int = Field(description="Given up after many tries: `kehou letters resend`.")
    written_off: int
    silent: list[str] = Field(description="Services that do not answer just now.")
    outboxes: list[OutboxOut]
    messages: dict[str, Any] | None = Field(description="As notifications counts them, over all schools.")


async def collect_letters(held: Resources) -> LettersOut:
    """Ask every service; one that is silent is named, and the others are shown all the same."""
    outboxes = [
        await _own(held),
        *await asyncio.gather(*(_outbox(held, service) for service in SEGMENTS)),
    ]
    known = [outbox.figures for outbox in outboxes if outbox.figures is not None]
    return LettersOut(
        announced=sum(figures.announced for figures in known),
        delivered=sum(figures.delivered for figures in known),
        waiting=sum(figures.waiting for figures in known),
        dead=sum(figures.dead for figures in known),
        written_off=sum(figures.written_off for figures in known),
        silent=[outbox.service for outbox in outboxes if outbox.figures is None],
        outboxes=outboxes,
        messages=await _messages(held),
    )


async def _own(held: Resources) -> OutboxOut:
    async with held.database.transaction() as tx:
        return OutboxOut(
            service=held.service, figures=await letter_figures(tx), stuck=await stuck_batches(tx)
        )


async def _outbox(held: Resources, service: str) -> OutboxOut:
    remote = held.remote(service)
    try:
        figures = await remote.ask("GET", "/internal/letters/figures", answer=LetterFigures)
        stuck = _STUCK.validate_python(await remote.ask("GET", "/internal/letters/stuck"))
    except NeighbourSilent:
        return OutboxOut(service=service, figures=None, stuck=[])
    return OutboxOut(service=service, figures=figures, stuck=stuck)


async def _messages(held: Resources) -> dict[str, Any] | None:
    try:
        schools = await EnrollmentClient(held.remote("enrollment")).schools()
        ids = [str(school.school_id) for school in schools.schools]
        told: dict[str, Any] = await held.remote("notifications").ask(
            "GET", "/internal/messages/figures", params={"school_id": ids}
        )
    except NeighbourSilent:
        return None
    return told
