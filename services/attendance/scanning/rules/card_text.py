"""What a child's card says: ids and a keyed hash, so that a printer cannot make one up; cheap to check, no database."""

import base64
import binascii
import hmac
from uuid import UUID

MARK = "K1"
MAC_BYTES = 10
"""80 bits: nobody guesses them online, and the QR code stays small (upper case and digits only)."""


def card_text(key: bytes, school_id: UUID, school_code: str, child_id: UUID) -> str:
    """Return ``K1.<school>.<child>.<mac>``; the school's code is for people's eyes, the hash covers its id."""
    return f"{MARK}.{school_code.upper()}.{_packed(child_id.bytes)}.{_mac(key, school_id, child_id)}"


def child_on_card(key: bytes, school_id: UUID, text: str) -> UUID | None:
    """Return the child of a card of this school; None for any other text."""
    parts = text.strip().split(".")
    if len(parts) != 4 or parts[0] != MARK:
        return None
    try:
        child_id = UUID(bytes=base64.b32decode(parts[2] + "=" * (-len(parts[2]) % 8)))
    except (binascii.Error, ValueError):
        return None
    # compare_digest takes no other text than ASCII, and a stranger's QR code may say anything.
    genuine = parts[3].isascii() and hmac.compare_digest(_mac(key, school_id, child_id), parts[3])
    return child_id if genuine else None


def _mac(key: bytes, school_id: UUID, child_id: UUID) -> str:
    message = MARK.encode() + school_id.bytes + child_id.bytes
    return _packed(hmac.digest(key, message, "sha256")[:MAC_BYTES])


def _packed(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")
