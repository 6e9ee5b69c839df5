"""Accounts and what hangs on them. Phones and openids stand here sealed, with a keyed hash to find them by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from services.gateway.table import GatewayTable
from services.kernel.database.service_table import Instant, Json


class Account(GatewayTable, table=True):
    """Somebody who logged in. Of which people it may act for, enrollment decides; the last answer is kept here."""

    account_id: UUID = Field(primary_key=True)
    made_at: datetime = Field(sa_type=Instant)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes | None = Field(
        default=None, sa_type=LargeBinary, unique=True, description="A phone is bound to one account."
    )
    people: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=Json,
        description="What enrollment said last: school_id, person_id, persona.",
    )
    people_confirmed_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When it said so; real clock."
    )
    announced: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=Json, description="The people last told to neighbours."
    )


class IdentityKey(GatewayTable, table=True):
    """How an account proves itself: an openid of the mini-program."""

    __table_args__ = (Index("ix_identity_key_account", "account_id"),)

    kind: str = Field(primary_key=True, description="openid.")
    value_index: bytes = Field(primary_key=True, sa_type=LargeBinary)
    value_sealed: bytes = Field(sa_type=LargeBinary)
    account_id: UUID = Field(foreign_key="account.account_id")
    made_at: datetime = Field(sa_type=Instant)


class Device(GatewayTable, table=True):
    """A phone on which an account logged in; the phone makes its own id."""

    account_id: UUID = Field(primary_key=True, foreign_key="account.account_id")
    device_id: UUID = Field(primary_key=True)
    first_seen_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)


class Consent(GatewayTable, table=True):
    """A consent given or withdrawn; the newest row of a purpose counts, none is ever changed."""

    __table_args__ = (Index("ix_consent_account", "account_id", "purpose", "consent_id"),)

    consent_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.account_id")
    purpose: str
    version: str
    given: bool = Field(description="False: withdrawn.")
    text_hash: bytes = Field(sa_type=LargeBinary, description="SHA-256 of the text that was shown.")
    recorded_at: datetime = Field(sa_type=Instant)


class TokenFamily(GatewayTable, table=True):
    """A log-in on one device, and all refresh tokens that followed from it (real clock)."""

    __table_args__ = (Index("ix_token_family_account", "account_id"),)

    family_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.account_id")
    device_id: UUID | None = None
    persona: str
    chosen_school_id: UUID | None = Field(default=None, description="The school of a staff persona.")
    began_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_because: str | None = None


class RefreshToken(GatewayTable, table=True):
    """One refresh token, good once (real clock). Only its hash is kept, also after use: that is how re-use shows."""

    __table_args__ = (Index("ix_refresh_token_family", "family_id"),)

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    family_id: UUID = Field(foreign_key="token_family.family_id", ondelete="CASCADE")
    made_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class AuditEntry(GatewayTable, table=True):
    """Who did or looked at what: append-only. Facts hold ids and words, never a name or a phone."""

    __table_args__ = (
        Index("ix_audit_entry_account", "account_id", "entry_id"),
        Index("ix_audit_entry_action", "action", "entry_id"),
    )

    entry_id: UUID = Field(primary_key=True)
    account_id: UUID | None = None
    persona: str
    action: str = Field(description="A word of `services.gateway.identity.audit.Action`.")
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": text("'{}'")}
    )
    at: datetime = Field(sa_type=Instant, description="Domain clock.")
