"""What is shown at the gate, and what was found behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.kernel.tokens import Signer, Verifier


@dataclass(frozen=True, slots=True)
class Proof:
    """``qr`` with a token, ``code`` with six characters, or ``permission``: the child goes home alone."""

    kind: Literal["qr", "code", "permission"]
    word: str = ""


@dataclass(frozen=True, slots=True)
class ShownPass:
    """A pass as it stands, its row locked."""

    pass_id: UUID
    child_id: UUID
    turn: int
    collector_id: UUID
    state: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class PassKeys:
    """What passes are made and read with: ``code_key`` for the codes, the service's own key pair for the QR."""

    code_key: bytes
    signer: Signer
    verifier: Verifier
