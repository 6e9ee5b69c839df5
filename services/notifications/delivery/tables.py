"""Every attempt to reach somebody, and how often each phone's owner still lets us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.kernel.database.service_table import Instant
from services.notifications.table import NotificationsTable


class Attempt(NotificationsTable, table=True):
    """One try on one channel. It is committed as ``sending`` before anything leaves, and settled afterwards.

    A row still ``sending`` when its message is taken up again was cut off: it becomes ``doubtful``.
    """

    __table_args__ = (Index("ix_attempt_message", "school_id", "message_id", "attempt_id"),)

    school_id: UUID = Field(primary_key=True)
    attempt_id: UUID = Field(primary_key=True)
    message_id: UUID
    channel: str = Field(description="wechat, sms or inapp.")
    outcome: str = Field(
        description="sending, accepted, refused, failed, postponed, doubtful or skipped (rules/outcomes.py)."
    )
    code: str = Field(default="", description="The provider's word, or ours where nothing was sent.")
    provider_id: str = Field(default="", description="msgid or BizId.")
    started_at: datetime = Field(sa_type=Instant, description="Real clock.")
    settled_at: datetime | None = Field(default=None, sa_type=Instant, description="Real clock.")


class Credit(NotificationsTable, table=True):
    """How many cards a phone's owner still lets us send by a template, as far as we know (wechat.md 3.3).

    Kept by account, which has one WeChat user: a phone may report its first tap before its openid is known here.
    """

    account_id: UUID = Field(primary_key=True)
    template_id: str = Field(primary_key=True)
    remaining: int = Field(description="Accepts reported, minus sends; 0 after 43101.")
    changed_at: datetime = Field(sa_type=Instant, description="Real clock.")
