"""The text of a pass' QR code: signed by attendance, so that a phone without network can check it.

Real time: the code rotates, and a screenshot of it is worthless a minute later.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.attendance.pickup.errors import PassExpired, UnreadablePass
from services.kernel.tokens import BadToken, Signer, StaleToken, Verifier

AUDIENCE = "kehou-pass"
"""No other token is a pass, and a pass is no other token."""
ISSUER = "attendance"


@dataclass(frozen=True, slots=True)
class PassLine:
    """One child of a pass; siblings travel in one QR code."""

    pass_id: UUID
    child_id: UUID
    turn: int


@dataclass(frozen=True, slots=True)
class PassClaims:
    """What the QR code says."""

    school_id: UUID
    service_on: date
    collector_id: UUID
    lines: tuple[PassLine, ...]


def sign_pass(signer: Signer, claims: PassClaims, *, life: timedelta) -> str:
    """Return the QR code's text, good for ``life`` of real time. Short names: a QR code grows with its text."""
    body = {
        "school": str(claims.school_id),
        "day": claims.service_on.isoformat(),
        "by": str(claims.collector_id),
        "for": [[str(line.pass_id), str(line.child_id), line.turn] for line in claims.lines],
    }
    return signer.sign(body, audience=AUDIENCE, ttl=life)


def read_pass(verifier: Verifier, token: str) -> PassClaims:
    """Return what a QR code says; no database is asked.

    Raises:
        PassExpired: ours, and older than its life: a screenshot, or a phone that did not refresh.
        UnreadablePass: not ours.
    """
    try:
        body = verifier.verify(token.strip(), audience=AUDIENCE)
    except StaleToken as fault:
        raise PassExpired from fault
    except BadToken as fault:
        raise UnreadablePass from fault
    if body.get("iss") != ISSUER:
        raise UnreadablePass
    return _claims(body)


def _claims(body: dict[str, Any]) -> PassClaims:
    return PassClaims(
        school_id=UUID(body["school"]),
        service_on=date.fromisoformat(body["day"]),
        collector_id=UUID(body["by"]),
        lines=tuple(PassLine(UUID(one), UUID(child), int(turn)) for one, child, turn in body["for"]),
    )
