"""What the gateway tells: which account stands for which people."""

from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.wire import Fact, Wire


class BoundPerson(Wire):
    """One person in one school that an account stands for."""

    school_id: UUID
    person_id: UUID
    persona: str


class AccountBound(Fact):
    """An account's people changed; its openid is pulled from the gateway."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["gateway.account-bound.v1"] = "gateway.account-bound.v1"
    account_id: UUID
    people: tuple[BoundPerson, ...]
    left_school_ids: tuple[UUID, ...] = ()
    """Schools where it stood for somebody before and does no longer: the reader must let go there too."""

    def schools(self) -> tuple[UUID, ...]:
        """Return the schools of all its people, and those it left."""
        return (*(person.school_id for person in self.people), *self.left_school_ids)
