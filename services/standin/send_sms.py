"""Sending an SMS, refused exactly where Aliyun refuses (wechat.md 5.1)."""

import json
import re
import secrets
from collections.abc import Mapping

from services.standin.inbox import Received
from services.standin.world import World

_NUMBER = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})")
_PARAMETER = re.compile(r"\$\{(\w+)\}")
LONGEST_PARAMETER = 35
MOST_NUMBERS = 1000


class SmsRefused(Exception):  # noqa: N818 - an answer of the provider
    """A business refusal: HTTP 200 with a ``Code`` other than OK."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def send_sms(world: World, said: Mapping[str, str]) -> str:
    """Deliver an SMS to each number and return the ``BizId``.

    Raises:
        SmsRefused: sign, template, parameters, number or daily limit, in that order.
    """
    sign, template = said.get("SignName", ""), said.get("TemplateCode", "")
    if sign != world.account.sms_sign:
        raise SmsRefused("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
    text = world.account.sms_texts.get(template)
    if text is None:
        raise SmsRefused("isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
    full = _filled(text, said.get("TemplateParam", ""))
    numbers = [_NUMBER.fullmatch(number) for number in said.get("PhoneNumbers", "").split(",")]
    if len(numbers) > MOST_NUMBERS:
        raise SmsRefused("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
    phones = [matched.group(1) for matched in numbers if matched]
    if len(phones) != len(numbers):
        raise SmsRefused("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号")
    for phone in phones:
        if not world.sms_counters.take(sign, template, phone):
            raise SmsRefused("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:50")
    biz_id = f"{secrets.randbelow(10**18):018d}^0"
    for phone in phones:
        person = world.people.with_phone(phone)
        world.inboxes.put(
            Received(
                channel="sms",
                phone=phone,
                openid=person.openid if person else "",
                template=template,
                title=f"【{sign}】",
                lines=(("", f"【{sign}】{full}"),),
                provider_id=biz_id,
                at=world.inboxes.now(),
                out_id=said.get("OutId", ""),
            )
        )
    return biz_id


def _filled(text: str, parameters: str) -> str:
    try:
        values = json.loads(parameters or "{}")
    except ValueError:
        raise SmsRefused("isv.INVALID_JSON_PARAM", "JSON参数不合法，只接受字符串值") from None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise SmsRefused("isv.INVALID_JSON_PARAM", "JSON参数不合法，只接受字符串值")
    for name in _PARAMETER.findall(text):
        value = values.get(name, "")
        if not value:
            raise SmsRefused("isv.TEMPLATE_MISSING_PARAMETERS", f"模版缺少变量：{name}")
        if len(value) > LONGEST_PARAMETER:
            raise SmsRefused("isv.PARAM_LENGTH_LIMIT", f"参数超出长度限制：{name}")
        if "://" in value:
            raise SmsRefused("isv.PARAM_NOT_SUPPORT_URL", f"参数不支持URL：{name}")
    return _PARAMETER.sub(lambda found: values[found.group(1)], text)
