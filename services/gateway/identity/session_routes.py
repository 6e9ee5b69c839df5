"""Sessions: begin one with WeChat, go on with it, end it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from services.contracts.personas import Persona
from services.gateway.identity.desk import AtDesk
from services.gateway.identity.end_sessions import end_sessions
from services.gateway.identity.log_in import log_in
from services.gateway.identity.refresh_session import refresh_session
from services.gateway.identity.shapes import SessionOut
from services.gateway.identity.take_hat import Wish
from services.kernel.web.dependencies import Caller, Tx

LOGIN_FREE: dict[str, object] = {"security": []}

Code = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[\w.~-]+$")]
RefreshToken = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class WishIn(BaseModel):
    """As whom somebody wants to act; nothing said means: as before, or as the only one there is."""

    persona: Persona | None = None
    school_id: UUID | None = Field(
        default=None, description="Needed where a staff persona is held at two schools."
    )

    def wish(self) -> Wish:
        """Return it in the gateway's word."""
        return Wish(self.persona, self.school_id)


class LoginIn(WishIn):
    """A code of `wx.login`, and the id that this installation made for itself."""

    code: Code
    device_id: UUID | None = None


class RefreshIn(WishIn):
    """The newest refresh token."""

    refresh_token: RefreshToken


router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


@router.post("/wechat", status_code=201, openapi_extra=LOGIN_FREE)
async def begin_with_wechat(body: LoginIn, desk: AtDesk, request: Request) -> SessionOut:
    """Log in with WeChat. Somebody whose phone is not bound yet is a guest, who may agree and bind it."""
    address: str = request.state.address
    return await log_in(desk, body.code, body.wish(), device_id=body.device_id, address=address)


@router.post("/refresh", openapi_extra=LOGIN_FREE)
async def refresh(body: RefreshIn, desk: AtDesk) -> SessionOut:
    """Use a refresh token up: a new pair of tokens, for the persona that is asked for.

    The schools are asked again, so a right that ended is gone. A token that comes a second time ends the session.
    """
    return await refresh_session(desk, body.refresh_token, body.wish())


@router.delete("/current", status_code=204)
async def end_current(who: Caller, tx: Tx) -> None:
    """Log out on this device; the access token itself lives on for at most ten minutes."""
    await end_sessions(tx, who.account_id, because="logged-out", on_device=who.device_id)
