"""The page that looks like parents' phones: labelled as a stand-in, and without a foreign address."""

import re

from services.clients.sms.aliyun import Aliyun
from services.clients.sms.provider import Sms
from tests.living_standin import LivingStandIn


async def test_the_page_says_what_it_is_and_loads_nothing_from_elsewhere(standin: LivingStandIn) -> None:
    page = (await standin.http.get(f"{standin.url}/")).text
    assert "模拟" in page
    assert not re.search(r"https?://|src=|@import", page)


async def test_the_phones_told_last_come_first(standin: LivingStandIn, aliyun: Aliyun) -> None:
    await standin.control("POST", "people", phone="13800000002", name="王女士")
    values = {"school": "城南小学", "child": "王小明", "time": "16:45"}
    for phone in ("13800000001", "13800000002"):
        await aliyun.send(Sms(phone=phone, template="SMS_460010001", values=values, out_id="m"))
    told = await standin.control("GET", "phones?limit=5")
    assert [(box["phone"], box["name"]) for box in told["phones"]] == [
        ("13800000002", "王女士"),
        ("13800000001", ""),
    ]
