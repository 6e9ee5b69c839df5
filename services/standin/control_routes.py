"""What only tests and the demo call: make people, tap for them, break things, look at their phones."""

from collections import Counter
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.standin.codes import CodeFor
from services.standin.faults import Fault
from services.standin.wechat_routes import TheWorld
from services.standin.world import World

router = APIRouter(prefix="/_standin")


class PersonIn(BaseModel):
    """A simulated person."""

    phone: str = Field(pattern=r"^1\d{10}$")
    name: str = ""


class OpenidIn(BaseModel):
    """Whose code to mint."""

    openid: str


class AcceptIn(BaseModel):
    """A tap on "allow" in the subscribe popup, or several; for one template, or those of one popup."""

    openid: str
    template_id: str = ""
    template_ids: list[str] = Field(default_factory=list, max_length=5)
    times: int = Field(1, ge=0, le=1000)
    """0 turns the template off, as a user does in the settings."""


class PaceIn(BaseModel):
    """How long each send is held."""

    answer_ms: float = Field(ge=0, le=60_000)


@router.post("/people", status_code=201)
async def enter_person(world: TheWorld, body: PersonIn) -> dict[str, str]:
    """Enter a person; the same phone is the same person."""
    person = world.people.enter(body.phone, body.name)
    return {"openid": person.openid, "phone": person.phone}


@router.post("/login-codes", status_code=201)
async def mint_login_code(world: TheWorld, body: OpenidIn) -> dict[str, str]:
    """What ``wx.login`` would hand the mini-program."""
    return {"code": world.codes.mint(CodeFor.LOGIN, body.openid)}


@router.post("/phone-codes", status_code=201)
async def mint_phone_code(world: TheWorld, body: OpenidIn) -> dict[str, str]:
    """What the phone button would hand the mini-program."""
    return {"code": world.codes.mint(CodeFor.PHONE, body.openid)}


@router.post("/accepts", status_code=201)
async def accept(world: TheWorld, body: AcceptIn) -> dict[str, Any]:
    """The user's answer to the subscribe popup."""
    answers = [_answer(world, body, template) for template in body.template_ids or [body.template_id]]
    return answers[0] if not body.template_ids else {"answers": answers}


@router.get("/received")
async def received(world: TheWorld, openid: str = "", phone: str = "") -> dict[str, Any]:
    """What one phone received, oldest first."""
    person = world.people.of(openid)
    return {"received": [message.shown() for message in world.inboxes.of(person.phone if person else phone)]}


@router.get("/phones")
async def phones(world: TheWorld, limit: int = 12, phone: str = "") -> dict[str, Any]:
    """The phones told last, for the page."""
    boxes = [(phone, world.inboxes.of(phone))] if phone else list(world.inboxes.newest_phones(limit))
    shown = []
    for number, messages in boxes:
        person = world.people.with_phone(number)
        shown.append(
            {
                "phone": number,
                "name": person.name if person else "",
                "messages": [message.shown() for message in messages[-8:]],
            }
        )
    return {"mini_program": world.account.mini_program, "phones": shown}


@router.get("/figures")
async def figures(world: TheWorld) -> dict[str, Any]:
    """How often each channel delivered or refused, by template and status."""
    totals: Counter[str] = Counter()
    rows = []
    for (channel, template, status), count in sorted(world.inboxes.counts.items()):
        title = world.account.cards[template].title if template in world.account.cards else template
        rows.append(
            {"channel": channel, "template": template, "title": title, "status": status, "count": count}
        )
        totals[f"{channel}_{'delivered' if status == 'delivered' else 'refused'}"] += count
    return {"totals": dict(totals), "rows": rows}


@router.post("/faults", status_code=201)
async def set_fault(world: TheWorld, body: Fault) -> dict[str, bool]:
    """Turn a fault switch on."""
    world.faults.set(body)
    return {"on": True}


@router.delete("/faults")
async def clear_faults(world: TheWorld) -> dict[str, bool]:
    """Turn every fault switch off."""
    world.faults.clear()
    return {"on": False}


@router.post("/expired-tokens", status_code=201)
async def expire_tokens(world: TheWorld) -> dict[str, bool]:
    """Let every access token end now (42001 in mid-flight)."""
    world.tokens.expire_all()
    return {"expired": True}


@router.put("/pace")
async def set_pace(world: TheWorld, body: PaceIn) -> dict[str, float]:
    """Answer sends slower or faster from now on."""
    world.answer_ms = body.answer_ms
    return {"answer_ms": body.answer_ms}


def _answer(world: World, body: AcceptIn, template_id: str) -> dict[str, Any]:
    """What the popup calls back with for one template."""
    if body.times == 0:
        world.quotas.refuse(body.openid, template_id)
        return {"left": 0, "answer": "reject"}
    card = world.account.cards.get(template_id)
    if card is None:
        return {"left": 0, "answer": "filter"}
    left = world.quotas.accept(body.openid, template_id, body.times, long_term=card.long_term)
    return {"left": left, "answer": "accept"}
