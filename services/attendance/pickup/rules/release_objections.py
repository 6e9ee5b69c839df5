"""What speaks against giving this child, now, to whoever stands at the gate?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.attendance.custody.errors import UnknownChild
from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.pickup.errors import (
    ALARMING,
    AlreadyReleased,
    ChildNotHere,
    ChildOnTheWay,
    CollectorMayNotCollect,
    CollectorNotToday,
    CollectorUnderage,
    NotAllowedAlone,
    NotInYourCare,
    PassExpired,
    PassReplaced,
    PassRevoked,
    PassUsed,
    PersonBlocked,
    PersonDoesNotMatch,
)
from services.attendance.pickup.proof import ShownPass
from services.attendance.pickup.rules.pickup_authority import (
    BlockedPerson,
    Objection,
    Person,
    pickup_authority,
)
from services.kernel.clock import local_hhmm
from services.kernel.problems import Refusal

AUTHORITY = {
    Objection.BLOCKED: PersonBlocked,
    Objection.NO_RIGHT: CollectorMayNotCollect,
    Objection.NOT_TODAY: CollectorNotToday,
    Objection.UNDERAGE: CollectorUnderage,
}


@dataclass(frozen=True, slots=True)
class ChildAtGate:
    """A child as the school's roster has it, with everybody who may or must never take it."""

    child_id: UUID
    name: str
    grade: int
    class_name: str
    may_go_alone: bool
    collectors: dict[UUID, Person]
    blocked: tuple[BlockedPerson, ...]


@dataclass(frozen=True, slots=True)
class LastRelease:
    """How a child left: what an already released one is answered with."""

    actor_id: UUID | None
    collector_id: UUID | None
    at: str


@dataclass(frozen=True, slots=True)
class AtTheGate:
    """One child asked for. ``shown`` is None where it goes by permission."""

    service_on: date
    child: ChildAtGate | None
    stay: HeldStay | None
    shown: ShownPass | None
    actor_id: UUID
    is_leader: bool
    person_matches: bool
    min_age: int
    alone_from_grade: int
    adult: str = "—"
    room: str = "—"
    left: LastRelease | None = None

    @property
    def person(self) -> Person | None:
        """Who is to take the child, by the pass."""
        if self.shown is None or self.child is None:
            return None
        return self.child.collectors.get(self.shown.collector_id)


def release_objections(asked: AtTheGate) -> list[Refusal]:
    """Return every objection, the one that the teacher must hear first at the front; empty: the child may go.

    What is alarming comes first: a blocked person with an old pass is a blocked person. Then the pass, the
    person, and where the child stands.
    """
    if asked.child is None:
        return [UnknownChild()]
    names = _names(asked)
    of_pass = list(_pass_objections(asked, asked.shown, names)) if asked.shown else _alone(asked, names)
    found = [*of_pass, *_custody_objections(asked, names)]
    return sorted(found, key=lambda refusal: type(refusal) not in ALARMING)


def _names(asked: AtTheGate) -> dict[str, str]:
    child = asked.child.name if asked.child else "—"
    if asked.person is None:
        return {"child": child, "collector": "持码人", "relation": "未登记"}
    return {"child": child, "collector": asked.person.name, "relation": asked.person.relation}


def _pass_objections(asked: AtTheGate, shown: ShownPass, names: dict[str, str]) -> Iterator[Refusal]:
    child = names["child"]
    if shown.state == "used":
        yield _used(asked, shown, child)
    elif shown.state == "revoked":
        yield PassRevoked(child=child)
    elif shown.state == "replaced":
        yield PassReplaced(child=child)
    elif asked.stay is not None and asked.stay.turn != shown.turn:
        yield PassExpired(child=child)
    if asked.person is None:
        yield CollectorMayNotCollect(**names)
    else:
        blocked = asked.child.blocked if asked.child else ()
        for objection in pickup_authority(asked.person, blocked, asked.service_on, min_age=asked.min_age):
            yield AUTHORITY[objection](**names, **_of(objection, asked))
    if not asked.person_matches:
        yield PersonDoesNotMatch(**names)


def _of(objection: Objection, asked: AtTheGate) -> dict[str, int]:
    return {"min_age": asked.min_age} if objection is Objection.UNDERAGE else {}


def _used(asked: AtTheGate, shown: ShownPass, child: str) -> Refusal:
    """Tell a second tap of the teacher who released the child from a pass that somebody shows again."""
    gone = asked.stay is not None and asked.stay.state == "released"
    if gone and asked.left is not None and asked.left.actor_id == asked.actor_id:
        return _gone(asked, child)
    used_at = local_hhmm(shown.settled_at) if shown.settled_at else "—"
    return PassUsed(child=child, used_at=used_at)


def _alone(asked: AtTheGate, names: dict[str, str]) -> list[Refusal]:
    child = asked.child
    if child is not None and child.may_go_alone and child.grade >= asked.alone_from_grade:
        return []
    return [NotAllowedAlone(child=names["child"], from_grade=asked.alone_from_grade)]


def _custody_objections(asked: AtTheGate, names: dict[str, str]) -> Iterator[Refusal]:
    child, stay = names["child"], asked.stay
    if stay is None or stay.state in {"expected", "absent", "excused"}:
        yield ChildNotHere(child=child)
    elif stay.state == "released":
        yield _gone(asked, child)
    elif stay.state == "in_transit":
        yield ChildOnTheWay(child=child, adult=asked.adult)
    elif stay.adult_id != asked.actor_id and not asked.is_leader:
        yield NotInYourCare(child=child, adult=asked.adult, room=asked.room)


def _gone(asked: AtTheGate, child: str) -> Refusal:
    left = asked.left
    if left is None:
        return AlreadyReleased(child=child, released_at="之前", collector="已登记离校")
    person = asked.child.collectors.get(left.collector_id) if asked.child and left.collector_id else None
    how = f"由{person.relation}接走" if person else "自行离校"
    return AlreadyReleased(child=child, released_at=left.at, collector=how)
