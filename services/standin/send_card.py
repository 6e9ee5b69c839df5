"""Sending a subscribe message, refused exactly where WeChat refuses (wechat.md 3.1)."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any

from services.standin.field_limits import fault_in
from services.standin.inbox import Received
from services.standin.wechat_answers import WireFault
from services.standin.world import World


async def send_card(world: World, body: Mapping[str, Any]) -> int:
    """Deliver a card to the phone and return its ``msgid``.

    Raises:
        WireFault: 40003, 40037, 41030, 43101, 43108 or 47003, in the order in which they are looked at.
    """
    openid, template_id = str(body.get("touser") or ""), str(body.get("template_id") or "")
    person = world.people.of(openid)
    if person is None:
        raise WireFault(40003, "invalid openid")
    card = world.account.cards.get(template_id)
    if card is None:
        raise WireFault(40037, "invalid template_id")
    page = str(body.get("page") or "").split("?", 1)[0]
    if page and page not in world.account.released_pages:
        raise WireFault(41030, "invalid page")
    fault = fault_in(body.get("data"), card.labels)
    if fault:
        raise WireFault(47003, fault)
    if openid in world.busy_openids:
        raise WireFault(43108, "concurrent message to the same user")
    world.busy_openids.add(openid)
    try:
        await asyncio.sleep(world.answer_ms / 1000)
        if not world.quotas.spend(openid, template_id):
            raise WireFault(43101, "user refuse to accept the msg")
    finally:
        world.busy_openids.discard(openid)
    # As large as on the wire: above 2**53, so that whoever keeps it as a float is found out.
    msgid = (
        3_200_000_000_000_000_000 + (int(time.time() * 1000) << 20) % (1 << 60) + secrets.randbelow(1 << 20)
    )
    world.inboxes.put(
        Received(
            channel="wechat",
            phone=person.phone,
            openid=openid,
            template=template_id,
            title=card.title,
            lines=tuple((label, str(body["data"][key]["value"])) for key, label in card.labels.items()),
            provider_id=str(msgid),
            at=world.inboxes.now(),
            page=str(body.get("page") or ""),
        )
    )
    return msgid
