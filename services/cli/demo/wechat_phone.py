"""A phone with WeChat and the mini-program on it: logging in, and allowing messages."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.cli.demo.line import Broken, Line, Refused
from services.kernel.ids import new_id

UNAUTHENTICATED = 401
UNKNOWN_TRIES = 60
UNKNOWN_SECONDS = 0.5
"""A fact travels from the gateway to notifications in moments; with a thousand log-ins at once it takes longer."""


@dataclass(frozen=True)
class Lines:
    """Where a phone calls: the platform's public door, and WeChat (the stand-in)."""

    door: Line
    wechat: Line


class WechatPhone:
    """One installation of the mini-program. Its tokens live for minutes of real time."""

    def __init__(self, lines: Lines, phone: str, name: str) -> None:
        self.phone = phone
        self.name = name
        self.device_id = str(new_id())
        self.token = ""
        self.openid = ""
        self.people: dict[str, str] = {}
        """School -> this person's id there."""
        self._lines = lines
        self._refresh_token = ""
        self._persona = ""

    async def ask(self, method: str, path: str, **content: Any) -> Any:
        """Call the platform as this person; returns the answer's JSON."""
        try:
            return await self._lines.door.call(method, f"/api/v1/{path}", token=self.token, **content)
        except Refused as refusal:
            if refusal.status != UNAUTHENTICATED or not self._persona:
                raise
        # The token's ten minutes are over.
        await self.act_as(self._persona, again=True)
        return await self._lines.door.call(method, f"/api/v1/{path}", token=self.token, **content)

    async def install(self, consents: Sequence[dict[str, str]]) -> None:
        """Log in for the first time: a guest by WeChat, consents, then the phone number that WeChat verified."""
        entered = await self._tap("people", {"phone": self.phone, "name": self.name})
        self.openid = entered["openid"]
        code = await self._tap("login-codes", {"openid": self.openid})
        self._take(
            await self._lines.door.call(
                "POST", "/api/v1/sessions/wechat", json={"code": code["code"], "device_id": self.device_id}
            )
        )
        for consent in consents:
            await self.ask("POST", "me/consents", json=consent)
        code = await self._tap("phone-codes", {"openid": self.openid})
        bound = {"code": code["code"], "refresh_token": self._refresh_token}
        self._take(await self.ask("POST", "me/phone", json=bound))

    async def act_as(self, persona: str, *, again: bool = False) -> None:
        """Have a token of this persona: whoever is one person alone got it with the phone.

        Raises:
            Broken: the platform made it a token of another.
        """
        if self._persona == persona and not again:
            return
        told = await self._lines.door.call(
            "POST",
            "/api/v1/sessions/refresh",
            json={"refresh_token": self._refresh_token, "persona": persona},
        )
        if told["persona"] != persona:
            raise Broken(f"{self.name} asked for a token of a {persona} and got one of a {told['persona']}")
        self._take(told)

    async def allow_messages(self, templates: Sequence[str], *, times: int) -> None:
        """Tap “allow” in the subscribe popup, ``times`` times; WeChat counts it, and so does the platform."""
        await self._tap("accepts", {"openid": self.openid, "template_ids": list(templates), "times": times})
        for _ in range(times):
            await self._report({"answers": dict.fromkeys(templates, "accept")})

    async def mute(self, templates: Sequence[str]) -> None:
        """Turn the messages off in WeChat's own settings: nobody tells the platform."""
        await self._tap("accepts", {"openid": self.openid, "template_ids": list(templates), "times": 0})

    async def _report(self, answers: dict[str, Any]) -> None:
        """Tell the platform what was tapped; just after the log-in its messengers may not know this phone yet."""
        for _ in range(UNKNOWN_TRIES):
            try:
                await self.ask("POST", "credits", json=answers)
            except Refused as refusal:
                if refusal.slug != "no-wechat-user":
                    raise
                await asyncio.sleep(UNKNOWN_SECONDS)
            else:
                return
        raise Broken(f"{self.name} logged in long ago and cannot allow messages yet")

    def _take(self, session: dict[str, Any]) -> None:
        self.token = session["access_token"]
        self._refresh_token = session["refresh_token"]
        self._persona = session["persona"]
        self.people = {person["school_id"]: person["person_id"] for person in session["people"]}

    async def _tap(self, what: str, body: dict[str, Any]) -> Any:
        return await self._lines.wechat.call("POST", f"/_standin/{what}", json=body)
