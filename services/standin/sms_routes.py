"""Aliyun's ``SendSms`` as it is on the wire (wechat.md 5.1)."""

import asyncio
import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.standin.send_sms import SmsRefused, send_sms
from services.standin.verify_acs3 import Unsigned, verify_acs3
from services.standin.wechat_routes import TheWorld
from services.standin.world import World

router = APIRouter()
VERSION = "2017-05-25"


@router.post("/")
async def act(world: TheWorld, request: Request) -> JSONResponse:
    """Check the signature first, then do what ``x-acs-action`` says. Parameters come in the query or as a form."""
    body = await request.body()
    try:
        _admit(world, request, body)
    except Unsigned as fault:
        return JSONResponse(_said(fault.code, fault.message), status_code=fault.status)
    said = {**request.query_params, **{name: str(value) for name, value in (await request.form()).items()}}
    await asyncio.sleep(world.answer_ms / 1000)
    try:
        biz_id = send_sms(world, said)
    except SmsRefused as refused:
        template = said.get("TemplateCode", "")
        world.inboxes.count("sms", template if template in world.account.sms_texts else "", refused.code)
        return JSONResponse(_said(refused.code, refused.message))
    return JSONResponse({**_said("OK", "OK"), "BizId": biz_id})


def _admit(world: World, request: Request, body: bytes) -> None:
    call = (request.method, request.url.query, body)
    verify_acs3(call, dict(request.headers), world.account.sms_keys, world.nonces)
    if (request.headers["x-acs-action"], request.headers["x-acs-version"]) != ("SendSms", VERSION):
        raise Unsigned(404, "InvalidAction.NotFound", "Specified api is not found.")


def _said(code: str, message: str) -> dict[str, Any]:
    return {"Code": code, "Message": message, "RequestId": secrets.token_hex(16).upper()}
