"""Aliyun Dysms ``SendSms``, version 2017-05-25 (wechat.md 5.1)."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime

import httpx

from services.clients.never_sent import never_sent
from services.clients.sms.acs3 import Acs3Call, Acs3Key, canonical_query, signed_headers
from services.clients.sms.provider import (
    AccountSpent,
    CallerRefused,
    NumberLimited,
    NumberRefused,
    Sms,
    SmsAnswerLost,
    SmsFault,
    SmsTryAgain,
    TextRefused,
)
from services.kernel.clock import real_now

TIMEOUT = httpx.Timeout(6.0, connect=2.0, pool=4.0)

_KINDS: dict[str, type[SmsFault]] = {
    "isv.MOBILE_NUMBER_ILLEGAL": NumberRefused,
    "isv.MOBILE_COUNT_OVER_LIMIT": NumberRefused,
    "isv.BUSINESS_LIMIT_CONTROL": NumberLimited,
    "isv.OUT_OF_SERVICE": AccountSpent,
    "isv.AMOUNT_NOT_ENOUGH": AccountSpent,
    "isv.DAY_LIMIT_CONTROL": AccountSpent,
    "isv.MONTH_LIMIT_CONTROL": AccountSpent,
    "isv.SMS_SIGNATURE_ILLEGAL": TextRefused,
    "isv.SMS_TEMPLATE_ILLEGAL": TextRefused,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": TextRefused,
    "isv.SIGN_STATE_ILLEGAL": TextRefused,
    "isv.TEMPLATE_MISSING_PARAMETERS": TextRefused,
    "isv.INVALID_JSON_PARAM": TextRefused,
    "isv.INVALID_PARAMETERS": TextRefused,
    "isv.PARAM_LENGTH_LIMIT": TextRefused,
    "isv.PARAM_NOT_SUPPORT_URL": TextRefused,
    "isv.BLACK_KEY_CONTROL_LIMIT": TextRefused,
    "isv.SMS_CONTENT_ILLEGAL": TextRefused,
    "isp.SYSTEM_ERROR": SmsTryAgain,
    "Throttling": SmsTryAgain,
    "Throttling.User": SmsTryAgain,
}
"""Every other code concerns the caller: `CallerRefused`."""


class Aliyun:
    """One account at Aliyun, with its sign."""

    name = "aliyun"

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        *,
        key: Acs3Key,
        sign_name: str,
        now: Callable[[], datetime] = real_now,
    ) -> None:
        self._http = http
        self._url = httpx.URL(base_url.rstrip("/") + "/")
        self._key = key
        self._sign_name = sign_name
        self._now = now

    async def send(self, sms: Sms) -> str:
        """Submit one SMS and return its ``BizId``; faults as `SmsProvider.send` says."""
        call = Acs3Call(
            host=self._url.netloc.decode(),
            action="SendSms",
            version="2017-05-25",
            params={
                "PhoneNumbers": sms.phone,
                "SignName": self._sign_name,
                "TemplateCode": sms.template,
                "TemplateParam": json.dumps(dict(sms.values), ensure_ascii=False),
                "OutId": sms.out_id,
            },
            nonce=uuid.uuid4().hex,
            at=self._now(),
        )
        target = self._url.copy_with(query=canonical_query(call.params).encode())
        try:
            answer = await self._http.post(target, headers=signed_headers(call, self._key), timeout=TIMEOUT)
        except httpx.HTTPError as fault:
            # The cause is cut off on purpose: its text holds the address, and so the phone.
            name = type(fault.__cause__ or fault).__name__
            raise (SmsTryAgain if never_sent(fault) else SmsAnswerLost)(name) from None
        return _read(answer)


def _read(answer: httpx.Response) -> str:
    try:
        body = json.loads(answer.content)
        code = str(body["Code"])
    except (ValueError, KeyError, TypeError):
        raise SmsAnswerLost(f"HTTP {answer.status_code}, unreadable") from None
    if code == "OK":
        return str(body.get("BizId", ""))
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR and code not in _KINDS:
        raise SmsAnswerLost(code)
    raise _KINDS.get(code, CallerRefused)(code)
