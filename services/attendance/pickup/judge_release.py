"""May these children go with whoever shows this proof? Asked by a release, and by a look at a pass beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.pickup.people_at_gate import (
    PeopleAtGate,
    last_releases,
    people_at_gate,
)
from services.attendance.pickup.proof import PassKeys, Proof, ShownPass
from services.attendance.pickup.read_proof import Gate, hands_of, read_proof
from services.attendance.pickup.rules.release_objections import (
    AtTheGate,
    ChildAtGate,
    LastRelease,
    release_objections,
)
from services.attendance.roster.names_of import names_of
from services.kernel.problems import Refusal


class Asker(Protocol):
    """Who asks, for what day, with which proof: a release, or a look."""

    @property
    def school_id(self) -> UUID: ...  # noqa: D102
    @property
    def service_on(self) -> date: ...  # noqa: D102
    @property
    def proof(self) -> Proof: ...  # noqa: D102
    @property
    def person_matches(self) -> bool: ...  # noqa: D102
    @property
    def actor_id(self) -> UUID: ...  # noqa: D102
    @property
    def device_id(self) -> UUID | None: ...  # noqa: D102
    @property
    def is_leader(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Judgement:
    """One child: the pass behind the proof, and what speaks against the release; nothing: it may go."""

    child_id: UUID
    child: ChildAtGate | None
    stay: HeldStay | None
    shown: ShownPass | None
    objections: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    people: PeopleAtGate
    places: Mapping[UUID | None, str]
    left: Mapping[UUID, LastRelease]


async def judge_release(
    tx: AsyncSession,
    asker: Asker,
    child_ids: Sequence[UUID],
    stays: Mapping[UUID, HeldStay],
    *,
    keys: PassKeys,
    now: datetime,
) -> list[Judgement]:
    """Return a judgement for each child. Wrong codes are counted here, so its transaction must commit.

    Of a child that the school does not know nothing is said but that: no proof is read for it.
    """
    school_id, service_on = asker.school_id, asker.service_on
    people = await people_at_gate(tx, school_id, child_ids, service_on=service_on)
    names = {child_id: child.name for child_id, child in people.children.items()}
    hands = hands_of(asker.actor_id, asker.device_id)
    gate = Gate(school_id, service_on, hands, keys, people.settings)
    behind = await read_proof(tx, gate, asker.proof, names, now=now)
    held = [stays[child_id] for child_id in child_ids if child_id in stays]
    elsewhere = [stay for stay in held if stay.adult_id != asker.actor_id or stay.state != "in_care"]
    released = [stay.child_id for stay in held if stay.state == "released"]
    known = _Known(
        people,
        await names_of(tx, school_id, (id_ for stay in elsewhere for id_ in (stay.adult_id, stay.room_id))),
        await last_releases(tx, school_id, released, service_on=service_on),
    )
    judged = []
    for child_id in child_ids:
        asked = _at_the_gate(asker, known, child_id, stays.get(child_id), behind.passes.get(child_id))
        refused = behind.refused.get(child_id)
        objections = [refused] if refused else release_objections(asked)
        judged.append(Judgement(child_id, asked.child, asked.stay, asked.shown, tuple(objections)))
    return judged


def _at_the_gate(
    asker: Asker, known: _Known, child_id: UUID, stay: HeldStay | None, shown: ShownPass | None
) -> AtTheGate:
    settings = known.people.settings
    return AtTheGate(
        service_on=asker.service_on,
        child=known.people.children.get(child_id),
        stay=stay,
        shown=shown,
        actor_id=asker.actor_id,
        is_leader=asker.is_leader,
        person_matches=asker.person_matches,
        min_age=settings.collector_min_age,
        alone_from_grade=settings.self_release_from_grade,
        adult=known.places.get(stay.adult_id if stay else None, "—"),
        room=known.places.get(stay.room_id if stay else None, "—"),
        left=known.left.get(child_id),
    )
