"""A stand-in for each test, and our real clients pointed at it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.clients.sms.acs3 import Acs3Key
from services.clients.sms.aliyun import Aliyun
from services.clients.wechat.mini_program import MiniProgram
from services.kernel.remote import open_http
from tests.living_standin import ACCOUNT, LivingStandIn, living_standin


@pytest.fixture(scope="session")
async def running_standin() -> AsyncIterator[LivingStandIn]:
    async with living_standin() as running:
        yield running


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http() as client:
        yield client


@pytest.fixture
def standin(running_standin: LivingStandIn) -> LivingStandIn:
    running_standin.forget()
    return running_standin


@pytest.fixture
def wechat(standin: LivingStandIn, http: httpx.AsyncClient) -> MiniProgram:
    secret = ACCOUNT["wechat_secret"].get_secret_value()
    return MiniProgram(http, standin.url, appid=ACCOUNT["wechat_appid"], secret=secret)


@pytest.fixture
def aliyun(standin: LivingStandIn, http: httpx.AsyncClient) -> Aliyun:
    key = Acs3Key(ACCOUNT["sms_key_id"], ACCOUNT["sms_key_secret"].get_secret_value())
    return Aliyun(http, standin.url, key=key, sign_name=ACCOUNT["sms_sign_name"])
