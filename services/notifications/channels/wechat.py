"""WeChat cards, and what each answer means (wechat.md 3.1)."""

import asyncio

from services.clients.wechat.errors import (
    AnswerLost,
    BadOpenid,
    Refused43101,
    TokenRefused,
    TryAgain,
    UserBusy,
    WechatFault,
)
from services.clients.wechat.mini_program import Card, MiniProgram
from services.kernel.log import get_logger
from services.notifications.channels.outward import Outward
from services.notifications.channels.template_book import TemplateBook
from services.notifications.delivery.rules.outcomes import Outcome, Sent

LONGEST_CALL_SECONDS = 8.0
"""Real time; what takes longer counts as an answer that never came."""


class WechatChannel:
    """Subscribe messages by the mini-program's account."""

    def __init__(self, mini_program: MiniProgram, book: TemplateBook) -> None:
        self._mini_program = mini_program
        self._book = book

    async def send(self, outward: Outward) -> Sent:
        """Send a card and say what became of it."""
        template = self._book.cards[outward.kind]
        card = Card(
            openid=outward.address,
            template_id=template.template_id,
            values=template.values(outward.words),
            page=f"{template.page}?message={outward.message_id}",
            mini_program_state=self._book.mini_program_state,
        )
        try:
            async with asyncio.timeout(LONGEST_CALL_SECONDS):
                msgid = await self._mini_program.send_subscribe_message(card)
        except WechatFault as fault:
            return _meaning(fault, outward)
        except TimeoutError:
            return Sent(Outcome.DOUBTFUL, "timeout")
        return Sent(Outcome.ACCEPTED, "0", msgid)


def _meaning(fault: WechatFault, outward: Outward) -> Sent:
    """What we do about an answer: the table of wechat.md 3.1."""
    code = str(fault.errcode or type(fault).__name__)
    match fault:
        case Refused43101():
            return Sent(Outcome.REFUSED, code, credit="none_left")
        case BadOpenid():
            return Sent(Outcome.REFUSED, code, credit="none_left")
        case AnswerLost():
            return Sent(Outcome.DOUBTFUL, code)
        case UserBusy() | TryAgain() | TokenRefused():
            return Sent(Outcome.POSTPONED, code, credit="back")
        case _:
            get_logger().error(
                "wechat.needs_a_person", kind=outward.kind, errcode=fault.errcode, errmsg=fault.errmsg
            )
            return Sent(Outcome.FAILED, code, credit="back")
