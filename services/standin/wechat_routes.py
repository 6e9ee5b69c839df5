"""The calls of api.weixin.qq.com that the project makes (wechat.md 1 to 3)."""

import hashlib
import hmac
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.standin.access_tokens import TokenState
from services.standin.codes import CodeFor, CodeState
from services.standin.people import Person
from services.standin.send_card import send_card
from services.standin.wechat_answers import WireFault, answer, refuse
from services.standin.world import World

router = APIRouter()
ANY_METHOD = ["GET", "POST"]
"""A wrong method is answered with 43002 and HTTP 200, not with 405."""


async def world_of(request: Request) -> World:
    """The world this app shows."""
    world: World = request.app.state.world
    return world


TheWorld = Annotated[World, Depends(world_of)]


@router.api_route("/sns/jscode2session", methods=ANY_METHOD)
async def code2session(
    world: TheWorld, appid: str = "", secret: str = "", js_code: str = "", grant_type: str = ""
) -> Response:
    """Exchange a login code for openid and session key. The answer states text/plain."""
    try:
        person = _logged_in(world, {"appid": appid, "secret": secret, "code": js_code, "grant": grant_type})
    except WireFault as fault:
        return refuse(fault, plain=True)
    return answer({"session_key": world.people.renew_session(person), "openid": person.openid}, plain=True)


@router.api_route("/cgi-bin/stable_token", methods=ANY_METHOD)
async def stable_token(world: TheWorld, request: Request) -> Response:
    """The stable token with its remaining seconds."""
    body = await _posted(request)
    _check_token_request(world, body)
    issued = world.tokens.stable(force=body.get("force_refresh") is True)
    if issued is None:
        raise WireFault(45009, "reach max api daily quota limit")
    return answer({"access_token": issued[0], "expires_in": issued[1]})


@router.get("/cgi-bin/token")
async def classic_token(world: TheWorld, grant_type: str = "", appid: str = "", secret: str = "") -> Response:
    """A new classic token at each call."""
    _check_token_request(world, {"grant_type": grant_type, "appid": appid, "secret": secret})
    token, seconds = world.tokens.classic()
    return answer({"access_token": token, "expires_in": seconds})


@router.api_route("/wxa/business/getuserphonenumber", methods=ANY_METHOD)
async def phone_number(
    world: TheWorld, request: Request, access_token: Annotated[str | None, Query()] = None
) -> Response:
    """The phone behind a code of the phone button."""
    _check_token(world, access_token)
    body = await _posted(request)
    state, openid = world.codes.redeem(str(body.get("code") or ""), CodeFor.PHONE)
    person = world.people.of(openid)
    if state is CodeState.USED:
        raise WireFault(40163, "code been used,")
    if state is CodeState.INVALID or person is None or body.get("openid", openid) != openid:
        raise WireFault(40029, "invalid code,")
    watermark = {"timestamp": int(world.inboxes.now()), "appid": world.account.appid}
    return answer(
        {
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": person.phone,
                "purePhoneNumber": person.phone,
                "countryCode": "86",
                "watermark": watermark,
            },
        }
    )


@router.get("/wxa/checksession")
async def check_session(
    world: TheWorld,
    access_token: str | None = None,
    openid: str = "",
    signature: str = "",
    sig_method: str = "",
) -> Response:
    """Whether our session key is the user's newest: HMAC with the key as its base64 text, over nothing."""
    _check_token(world, access_token)
    person = world.people.of(openid)
    if person is None:
        raise WireFault(40003, "invalid openid")
    expected = hmac.new(person.session_key.encode(), b"", hashlib.sha256).hexdigest()
    if sig_method != "hmac_sha256" or not hmac.compare_digest(expected, signature):
        raise WireFault(87009, "invalid signature")
    return answer({"errcode": 0, "errmsg": "ok"})


@router.api_route("/cgi-bin/message/subscribe/send", methods=ANY_METHOD)
async def subscribe_send(
    world: TheWorld, request: Request, access_token: Annotated[str | None, Query()] = None
) -> Response:
    """Send a card to a user's phone."""
    template = ""
    try:
        _check_token(world, access_token)
        body = await _posted(request)
        template = str(body.get("template_id") or "")
        msgid = await send_card(world, body)
    except WireFault as fault:
        world.inboxes.count("wechat", template if template in world.account.cards else "", str(fault.errcode))
        raise
    return answer({"errcode": 0, "errmsg": "ok", "msgid": msgid})


@router.get("/wxaapi/newtmpl/gettemplate")
async def templates(world: TheWorld, access_token: str | None = None) -> Response:
    """The account's own templates, for the caller's start-up check."""
    _check_token(world, access_token)
    data: list[dict[str, Any]] = [
        {
            "priTmplId": card.template_id,
            "title": card.title,
            "content": card.content,
            "example": "",
            "type": 3 if card.long_term else 2,
            "keywordEnumValueList": [],
        }
        for card in world.account.cards.values()
    ]
    return answer({"errcode": 0, "errmsg": "ok", "data": data})


def _logged_in(world: World, said: dict[str, str]) -> Person:
    _check_account(world, said["appid"], said["secret"])
    if said["grant"] != "authorization_code":
        raise WireFault(40002, "invalid grant_type")
    if not said["code"]:
        raise WireFault(41008, "missing code")
    state, openid = world.codes.redeem(said["code"], CodeFor.LOGIN)
    if state is CodeState.USED:
        raise WireFault(40163, "code been used,")
    person = world.people.of(openid)
    if state is CodeState.INVALID or person is None:
        raise WireFault(40029, "invalid code,")
    return person


async def _posted(request: Request) -> dict[str, Any]:
    """The JSON body, refused where WeChat refuses: method, emptiness, form, escaped Chinese."""
    if request.method != "POST":
        raise WireFault(43002, "require POST method")
    raw = await request.body()
    if not raw:
        raise WireFault(44002, "empty post data")
    if b"\\u" in raw:
        raise WireFault(
            40033, "invalid charset. please check your request, if include \\uxxxx will create fail!"
        )
    try:
        body: Any = json.loads(raw)
    except ValueError:
        raise WireFault(47001, "data format error") from None
    if not isinstance(body, dict):
        raise WireFault(47001, "data format error")
    return body


def _check_account(world: World, appid: str, secret: str) -> None:
    if appid != world.account.appid:
        raise WireFault(40013, "invalid appid")
    if not hmac.compare_digest(secret, world.account.secret):
        raise WireFault(40125, "invalid appsecret")


def _check_token_request(world: World, said: dict[str, Any]) -> None:
    if not said.get("appid"):
        raise WireFault(41002, "appid missing")
    if not said.get("secret"):
        raise WireFault(41004, "appsecret missing")
    if said.get("grant_type") != "client_credential":
        raise WireFault(40002, "invalid grant_type")
    _check_account(world, str(said["appid"]), str(said["secret"]))


def _check_token(world: World, token: str | None) -> None:
    match world.tokens.state_of(token):
        case TokenState.MISSING:
            raise WireFault(41001, "access_token missing")
        case TokenState.EXPIRED:
            raise WireFault(42001, "access_token expired")
        case TokenState.INVALID:
            raise WireFault(40001, "invalid credential, access_token is invalid or not latest")
        case TokenState.GOOD:
            return
