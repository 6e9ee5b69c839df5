"""Compare our providers file with what the WeChat account really holds, once at start (wechat.md 3.2)."""

import re
from collections.abc import Sequence

from services.clients.wechat.errors import WechatFault
from services.clients.wechat.mini_program import MiniProgram, Template
from services.kernel.log import get_logger
from services.notifications.channels.template_book import TemplateBook

_KEY = re.compile(r"\{\{(\w+)\.DATA\}\}")


def template_faults(book: TemplateBook, held: Sequence[Template]) -> list[str]:
    """Name each template of ours that the account lacks, or holds with other keys."""
    keys = {template.template_id: set(_KEY.findall(template.content)) for template in held}
    faults = []
    for template_id, card in book.templates().items():
        if template_id not in keys:
            faults.append(f"{card.title}: not in the account")
        elif keys[template_id] != set(card.fields):
            faults.append(f"{card.title}: the account's keys are {', '.join(sorted(keys[template_id]))}")
    return faults


async def check_templates(program: MiniProgram, book: TemplateBook) -> None:
    """Log what does not fit: each such send would be refused (40037, 47003) and fall through to SMS.

    WeChat being away is no reason not to start.
    """
    try:
        held = await program.templates()
    except WechatFault as fault:
        get_logger().warning(
            "wechat.templates_not_checked", errcode=fault.errcode, fault=type(fault).__name__
        )
        return
    for said in template_faults(book, held):
        get_logger().error("wechat.template_does_not_fit", template=said)
