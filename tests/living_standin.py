"""The stand-in over real HTTP: a uvicorn server on a free loopback port, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from services.kernel.remote import open_http
from services.kernel.settings import Settings
from services.standin.app import create_app
from services.standin.world import World, new_world

PROVIDERS = Path(__file__).parent.parent / "examples" / "providers.toml"
ACCOUNT: dict[str, Any] = {
    "wechat_appid": "wxkehou0000000001",
    "wechat_secret": SecretStr("secret-of-the-mini-program"),
    "sms_key_id": "LTAI-standin",
    "sms_key_secret": SecretStr("secret-of-the-sms-account"),
    "sms_sign_name": "课后服务",
    "providers_file": PROVIDERS,
}
"""The customer's account at both providers, as settings."""


@dataclass
class LivingStandIn:
    """A running stand-in: its address, its world, and the control API by short names."""

    url: str
    app: FastAPI
    http: httpx.AsyncClient

    @property
    def world(self) -> World:
        world: World = self.app.state.world
        return world

    def forget(self) -> None:
        """Begin an empty world behind the same address."""
        self.app.state.world = new_world(Settings(**ACCOUNT))

    async def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.http.request(method, f"{self.url}/_standin/{path}", json=body or None)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    async def person(self, phone: str = "13800000001") -> str:
        return str((await self.control("POST", "people", phone=phone))["openid"])

    async def login_code(self, openid: str) -> str:
        return str((await self.control("POST", "login-codes", openid=openid))["code"])

    async def phone_code(self, openid: str) -> str:
        return str((await self.control("POST", "phone-codes", openid=openid))["code"])

    async def accepts(self, openid: str, template_id: str, times: int = 1) -> None:
        await self.control("POST", "accepts", openid=openid, template_id=template_id, times=times)

    async def fault(self, on: str, kind: str, **more: Any) -> None:
        await self.control("POST", "faults", on=on, kind=kind, **more)

    async def received(self, *, openid: str = "", phone: str = "") -> list[dict[str, Any]]:
        told = await self.control("GET", f"received?openid={openid}&phone={phone}")
        messages: list[dict[str, Any]] = told["received"]
        return messages

    def settings(self, **more: Any) -> Settings:
        """Settings of a service whose providers this stand-in plays."""
        return Settings(wechat_url=self.url, sms_url=self.url, **{**ACCOUNT, **more})


@asynccontextmanager
async def living_standin() -> AsyncIterator[LivingStandIn]:
    """Start a stand-in with an empty world, and stop it."""
    app = create_app(Settings(**ACCOUNT))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_keep_alive=30))
        # The test's own loop keeps its signal handlers.
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with open_http() as http:
                yield LivingStandIn(url, app, http)
        finally:
            server.should_exit = True
            await serving
