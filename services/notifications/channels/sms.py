"""SMS, and what each answer means (wechat.md 5.1)."""

from services.clients.sms.provider import (
    NumberLimited,
    NumberRefused,
    Sms,
    SmsAnswerLost,
    SmsFault,
    SmsProvider,
    SmsTryAgain,
)
from services.kernel.log import get_logger
from services.notifications.channels.outward import Outward
from services.notifications.channels.template_book import TemplateBook
from services.notifications.delivery.rules.outcomes import Outcome, Sent


class SmsChannel:
    """Notices by one SMS provider. Another one beside it would be another channel object with the same word."""

    def __init__(self, provider: SmsProvider, book: TemplateBook) -> None:
        self._provider = provider
        self._book = book

    async def send(self, outward: Outward) -> Sent:
        """Submit an SMS and say what became of it."""
        template = self._book.sms[outward.kind]
        sms = Sms(
            phone=outward.address,
            template=template.code,
            values=template.values(outward.words),
            out_id=str(outward.attempt_id),
        )
        try:
            return Sent(Outcome.ACCEPTED, "OK", await self._provider.send(sms))
        except SmsAnswerLost as fault:
            return Sent(Outcome.DOUBTFUL, fault.code)
        except SmsTryAgain as fault:
            return Sent(Outcome.POSTPONED, fault.code)
        except (NumberRefused, NumberLimited) as fault:
            return Sent(Outcome.REFUSED, fault.code)
        except SmsFault as fault:
            get_logger().error("sms.needs_a_person", kind=outward.kind, provider_code=fault.code)
            return Sent(Outcome.FAILED, fault.code)
