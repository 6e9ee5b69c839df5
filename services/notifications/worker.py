"""The notifications worker: pulls the directory, carries messages, tells attendance what became of them."""

import asyncio

from services.clients.enrollment import EnrollmentClient
from services.clients.roster_copy import FollowRoster
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker
from services.notifications.channels.check_templates import check_templates
from services.notifications.channels.open_senders import open_mini_program, open_senders
from services.notifications.channels.template_book import TemplateBook
from services.notifications.delivery.courier import Courier
from services.notifications.directory.letters import PULL_ACCOUNT, PULL_ROSTER
from services.notifications.directory.own_copy import DirectoryCopy
from services.notifications.directory.pull_account import PullAccount
from services.notifications.messages.address_waiting import address_waiting
from services.notifications.messages.tell import DELIVER, DELIVER_SAFETY


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``."""
    async with open_resources("notifications", settings) as held:
        if program := open_mini_program(held):
            await check_templates(program, TemplateBook.read(settings.providers_file))
        await make_worker(held).run(stop)


def make_worker(held: Resources) -> Worker:
    """Put the worker together; journeys pump it by hand."""
    book = TemplateBook.read(held.settings.providers_file)
    template_ids = {kind: card.template_id for kind, card in book.cards.items()}
    courier = Courier(held, open_senders(held, book), template_ids)
    enrollment = EnrollmentClient(held.remote("enrollment"))
    copy = DirectoryCopy(held, address_waiting)
    return Worker(
        held,
        readers=("attendance",),
        jobs={
            DELIVER: courier.deliver,
            DELIVER_SAFETY: courier.deliver_safety,
            PULL_ROSTER: FollowRoster(held.database, held.clock, enrollment, copy),
            PULL_ACCOUNT: PullAccount(held, held.remote("gateway")),
        },
    )
