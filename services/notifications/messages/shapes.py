"""What the messages' routes take and give."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field


class MessageOut(BaseModel):
    """One message of the caller's own feed."""

    message_id: UUID
    school_id: UUID
    kind: str
    safety: bool
    child_id: UUID | None = Field(description="None: it concerns the whole school.")
    title: str
    body: str
    at: datetime = Field(description="When it happened.")
    read_at: datetime | None


class FeedOut(BaseModel):
    """A page of the feed, oldest first. Ask again with ``since=next``; ``more``: at once."""

    messages: list[MessageOut]
    next: str | None
    more: bool


class ReadOut(BaseModel):
    """That a message was read, and when it first was."""

    message_id: UUID
    read_at: datetime


class SwitchIn(BaseModel):
    """On or off."""

    on: bool


class KindFigure(BaseModel):
    """Messages of one kind that ended alike. ``channel`` reached the recipient first."""

    kind: str
    state: str
    outcome: str | None
    channel: str | None
    count: int


class TryFigure(BaseModel):
    """Attempts on one channel that ended alike."""

    kind: str
    channel: str
    outcome: str
    code: str
    count: int


class FiguresOut(BaseModel):
    """What was told in the schools asked for, on one day or ever."""

    messages: list[KindFigure]
    attempts: list[TryFigure]
    told_wechat: int
    told_sms: int
    told_inapp: int
    waiting: int
    withheld: int
    doubled: int = Field(description="Messages that one provider accepted more than once.")
    doubled_without_doubt: int = Field(
        description="Of these, those without a doubtful try before: must be 0."
    )
    unaddressed: int = Field(description="Facts that nobody could be told of yet.")


class TryOut(BaseModel):
    """One attempt."""

    channel: str
    outcome: str
    code: str
    provider_id: str
    started_at: datetime
    settled_at: datetime | None


class ToldOut(BaseModel):
    """One message with everything that was tried for it."""

    message_id: UUID
    kind: str
    cause_id: UUID
    step_no: int
    child_id: UUID | None
    recipient_id: UUID
    service_on: date
    body: str
    happened_at: datetime
    state: str
    outcome: str | None
    channel: str | None
    settled_at: datetime | None
    read_at: datetime | None
    attempts: list[TryOut]


class ToldList(BaseModel):
    """The answer to "has this parent been told?"."""

    messages: list[ToldOut]
