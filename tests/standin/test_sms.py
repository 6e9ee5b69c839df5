"""Aliyun's SMS: the signature to the letter, the limits, the doubts (wechat.md 5.1)."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services.clients.sms.acs3 import Acs3Call, Acs3Key, canonical_query, signed_headers
from services.clients.sms.aliyun import Aliyun
from services.clients.sms.provider import (
    AccountSpent,
    CallerRefused,
    NumberLimited,
    NumberRefused,
    Sms,
    SmsAnswerLost,
    SmsTryAgain,
    TextRefused,
)
from services.kernel.clock import real_now
from services.kernel.remote import open_http
from services.standin.sms_limits import SmsCounters
from services.standin.verify_acs3 import Nonces, Unsigned, verify_acs3
from tests.living_standin import ACCOUNT, LivingStandIn

VECTOR = Acs3Call(
    host="ecs.cn-shanghai.aliyuncs.com",
    action="RunInstances",
    version="2014-05-26",
    params={"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
    nonce="3156853299f313e23d1673dc12e1703d",
    at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
)
VECTOR_KEY = Acs3Key("YourAccessKeyId", "YourAccessKeySecret")
VECTOR_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"

NOTICE = Sms(
    phone="13800000001",
    template="SMS_460010001",
    values={"school": "城南小学", "child": "王小明", "time": "16:45"},
    out_id="m-1",
)


def behind(length: timedelta) -> datetime:
    return real_now() - length


def test_the_official_vector_signs_as_published() -> None:
    headers = signed_headers(VECTOR, VECTOR_KEY)
    assert headers["Authorization"].endswith(f"Signature={VECTOR_SIGNATURE}")


def test_the_stand_in_checks_the_official_vector_by_its_own_reckoning() -> None:
    nonces = Nonces(VECTOR.at.timestamp)
    headers = {name.lower(): value for name, value in signed_headers(VECTOR, VECTOR_KEY).items()}
    keys = {VECTOR_KEY.key_id: VECTOR_KEY.secret}
    query = canonical_query(VECTOR.params)
    verify_acs3(("POST", query, b""), headers, keys, nonces)
    with pytest.raises(Unsigned, match="SignatureNonceUsed"):
        verify_acs3(("POST", query, b""), headers, keys, nonces)
    for touched in (query.replace("cn-shanghai", "cn-beijing"), query + "&Amount=100"):
        with pytest.raises(Unsigned, match="SignatureDoesNotMatch"):
            verify_acs3(("POST", touched, b""), headers, keys, nonces)
    with pytest.raises(Unsigned, match="InvalidContentSha256"):
        verify_acs3(("POST", query, b"x"), headers, keys, nonces)


async def test_an_sms_arrives_with_its_sign_and_values(standin: LivingStandIn, aliyun: Aliyun) -> None:
    biz_id = await aliyun.send(NOTICE)
    (seen,) = await standin.received(phone="13800000001")
    assert (seen["provider_id"], seen["out_id"]) == (biz_id, "m-1")
    assert seen["lines"][0][1].startswith("【课后服务】城南小学：王小明应于今天参加课后服务，截至16:45")


async def test_a_wrong_secret_an_unknown_key_and_an_old_date_are_refused(standin: LivingStandIn) -> None:
    secret = ACCOUNT["sms_key_secret"].get_secret_value()
    async with open_http() as http:
        for key, off, code in [
            (Acs3Key(ACCOUNT["sms_key_id"], "guess"), 0, "SignatureDoesNotMatch"),
            (Acs3Key("LTAI-other", secret), 0, "InvalidAccessKeyId.NotFound"),
            (Acs3Key(ACCOUNT["sms_key_id"], secret), 16, "InvalidTimeStamp.Expired"),
        ]:
            slow = partial(behind, timedelta(minutes=off))
            stranger = Aliyun(http, standin.url, key=key, sign_name="课后服务", now=slow)
            with pytest.raises(CallerRefused) as caught:
                await stranger.send(NOTICE)
            assert caught.value.code == code
    assert await standin.received(phone="13800000001") == []


@pytest.mark.parametrize(
    ("change", "fault", "code"),
    [
        ({"phone": "1234"}, NumberRefused, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"template": "SMS_0"}, TextRefused, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"values": {"school": "城南小学"}}, TextRefused, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"values": {**NOTICE.values, "child": "长" * 36}}, TextRefused, "isv.PARAM_LENGTH_LIMIT"),
        ({"values": {**NOTICE.values, "child": "http://x"}}, TextRefused, "isv.PARAM_NOT_SUPPORT_URL"),
    ],
)
async def test_a_bad_notice_is_refused_by_name(
    aliyun: Aliyun, change: dict[str, Any], fault: type[Exception], code: str
) -> None:
    notice = Sms(**{**vars(NOTICE), **change})
    with pytest.raises(fault, match=code.replace(".", r"\.")):
        await aliyun.send(notice)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", NumberLimited),
        ("isv.AMOUNT_NOT_ENOUGH", AccountSpent),
        ("isv.SMS_CONTENT_ILLEGAL", TextRefused),
        ("isv.DENY_IP_RANGE", CallerRefused),
        ("isp.RAM_PERMISSION_DENY", CallerRefused),
        ("isp.SYSTEM_ERROR", SmsTryAgain),
        ("isv.SOMETHING_NEW", CallerRefused),
    ],
)
async def test_each_code_has_its_class(
    standin: LivingStandIn, aliyun: Aliyun, code: str, fault: type[Exception]
) -> None:
    await standin.fault("sms", "code", code=code)
    with pytest.raises(fault):
        await aliyun.send(NOTICE)


async def test_a_lost_reply_leaves_a_doubt_and_an_sms(standin: LivingStandIn, aliyun: Aliyun) -> None:
    await standin.fault("sms", "lost_reply")
    with pytest.raises(SmsAnswerLost) as caught:
        await aliyun.send(NOTICE)
    assert len(await standin.received(phone="13800000001")) == 1
    assert "13800000001" not in f"{caught.value!r} {NOTICE!r}"
    assert caught.value.__cause__ is None


def test_a_number_takes_fifty_notices_in_a_day_counted_from_the_first() -> None:
    now = 0.0
    counters = SmsCounters(lambda: now)
    assert all(counters.take("sign", "template", "1") for _ in range(50))
    assert not counters.take("sign", "template", "1")
    assert counters.take("sign", "template", "2")
    now = 86_400
    assert counters.take("sign", "template", "1")
