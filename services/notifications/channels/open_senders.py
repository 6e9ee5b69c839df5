"""The channels of this process: those whose account is set."""

from services.clients.sms.acs3 import Acs3Key
from services.clients.sms.aliyun import Aliyun
from services.clients.wechat.mini_program import MiniProgram
from services.kernel.resources import Resources
from services.notifications.channels.outward import Sender
from services.notifications.channels.sms import SmsChannel
from services.notifications.channels.template_book import TemplateBook
from services.notifications.channels.wechat import WechatChannel
from services.notifications.delivery.rules.outcomes import Channel


def open_senders(held: Resources, book: TemplateBook) -> dict[Channel, Sender]:
    """Open a channel for each account that is set; without one, every try of it is noted as not set up."""
    settings, senders = held.settings, dict[Channel, Sender]()
    if program := open_mini_program(held):
        senders[Channel.WECHAT] = WechatChannel(program, book)
    if secret := settings.sms_key_secret.get_secret_value():
        key = Acs3Key(settings.sms_key_id, secret)
        aliyun = Aliyun(held.http, settings.sms_url, key=key, sign_name=settings.sms_sign_name)
        senders[Channel.SMS] = SmsChannel(aliyun, book)
    return senders


def open_mini_program(held: Resources) -> MiniProgram | None:
    """Return the account at WeChat, if it is set."""
    settings = held.settings
    if not (secret := settings.wechat_secret.get_secret_value()):
        return None
    return MiniProgram(held.http, settings.wechat_url, appid=settings.wechat_appid, secret=secret)
