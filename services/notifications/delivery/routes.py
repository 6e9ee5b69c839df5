"""Which permissions to ask a phone's owner for, and what the owner answered (wechat.md 3.3)."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import real_now
from services.kernel.web.dependencies import Caller, Tx
from services.kernel.web.once import OnceOnly
from services.notifications.channels.template_book import TemplateBook
from services.notifications.delivery.count_credits import credits_left, earn_credits, void_credits

public = APIRouter(prefix="/api/v1/credits", tags=["credits"])

ENOUGH = 5
"""Unspent sends of a template from which on a phone need not ask for more."""
MOST_AT_ONCE = 3
"""Templates in one popup: older phones take no more (wechat.md 3.3)."""


class TemplateCredit(BaseModel):
    """A template of ours and how many messages its user still allows."""

    template_id: str
    title: str
    kinds: list[str]
    remaining: int
    ask: bool = Field(description="Ask for it at the next natural tap.")


class CreditsOut(BaseModel):
    """What to hand ``wx.requestSubscribeMessage``: those with ``ask``, at most ``most_at_once`` a tap."""

    templates: list[TemplateCredit]
    most_at_once: int = MOST_AT_ONCE


class AnsweredIn(BaseModel):
    """What ``wx.requestSubscribeMessage`` called back with, template by template."""

    answers: dict[str, Literal["accept", "reject", "ban", "filter"]] = Field(max_length=20)


@public.get("")
async def credits_of_caller(request: Request, who: Caller, tx: Tx) -> CreditsOut:
    """Return the caller's permissions."""
    return await _shown(tx, _book(request), who.account_id)


@public.post("", response_model=CreditsOut)
async def report_answers(
    request: Request, body: AnsweredIn, who: Caller, tx: Tx, once: OnceOnly
) -> CreditsOut | Response:
    """Count one more send for each template accepted, none left for each rejected; unknown ones are ignored."""
    book = _book(request)

    async def count() -> CreditsOut:
        me = who.account_id
        known = {one: answer for one, answer in body.answers.items() if one in book.templates()}
        accepted = [(me, one) for one, answer in known.items() if answer == "accept"]
        refused = [(me, one) for one, answer in known.items() if answer in {"reject", "ban"}]
        await earn_credits(tx, accepted, real=real_now())
        await void_credits(tx, refused, real=real_now())
        return await _shown(tx, book, me)

    return await once(count)


async def _shown(tx: AsyncSession, book: TemplateBook, account_id: UUID) -> CreditsOut:
    left = await credits_left(tx, account_id)
    return CreditsOut(
        templates=[
            TemplateCredit(
                template_id=template_id,
                title=template.title,
                kinds=[kind for kind, card in book.cards.items() if card.template_id == template_id],
                remaining=left.get(template_id, 0),
                ask=left.get(template_id, 0) < ENOUGH,
            )
            for template_id, template in book.templates().items()
        ]
    )


def _book(request: Request) -> TemplateBook:
    book: TemplateBook = request.app.state.book
    return book
