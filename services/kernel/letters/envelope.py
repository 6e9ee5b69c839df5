"""What a letter looks like between two services, and how a reader says which kinds it hears."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession


class Announced(Protocol):
    """A fact as the kernel needs it: a frozen pydantic model that knows its readers and its schools."""

    READERS: ClassVar[tuple[str, ...]]
    PATIENCE: ClassVar[timedelta]

    @property
    def kind(self) -> str:
        """The word on the wire, with its version."""
        ...

    def schools(self) -> tuple[UUID, ...]:
        """The schools whose rows a reader touches."""
        ...

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """The fact as JSON values."""
        ...


class Letter(BaseModel):
    """One fact on its way. ``sent_at`` is the domain's instant of the fact's transaction."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    letter_id: UUID
    kind: str
    sender: str
    sent_at: AwareDatetime
    body: dict[str, Any]


class Post(BaseModel):
    """A batch of letters, in the order in which they were announced."""

    letters: list[Letter]


class Refused(BaseModel):
    """A letter that the reader could not take, and why."""

    letter_id: UUID
    fault: str


class Receipt(BaseModel):
    """The reader's answer: every letter not named as refused is safe with it."""

    accepted: int
    repeated: int
    refused: list[Refused]


LetterHandler = Callable[..., Awaitable[None]]
"""``async def (tx, facts: Sequence[F], *, now: datetime) -> None``: one run of consecutive facts of one kind."""


@dataclass(frozen=True)
class Hears:
    """A subject's ear: the kind of fact, as today's class reads it, and what is done about it."""

    fact: type[Any]
    handler: LetterHandler

    @property
    def kind(self) -> str:
        """The word on the wire."""
        return str(self.fact.model_fields["kind"].default)

    async def hear(self, tx: AsyncSession, facts: Sequence[Any], *, now: datetime) -> None:
        """Apply a run of facts in the reader's transaction."""
        await self.handler(tx, facts, now=now)
