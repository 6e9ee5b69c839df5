"""Passes and releases: ``/api/v1/passes`` and ``/api/v1/releases``."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.attendance.pickup.check_pass import LookAsked, check_pass
from services.attendance.pickup.errors import ReleaseClockAstray
from services.attendance.pickup.issue_pass import PassAsked, issue_pass
from services.attendance.pickup.judge_release import Judgement
from services.attendance.pickup.proof import PassKeys, Proof
from services.attendance.pickup.release_child import ReleaseAsked, ReleaseOutcome, release_child
from services.attendance.pickup.rotate_qr import rotate_qr
from services.attendance.pickup.rules.device_clock import is_astray
from services.attendance.roster.school_of_children import school_of_children
from services.attendance.roster.staff_on_duty import OnDuty, StaffOnDuty
from services.contracts.personas import Persona
from services.kernel.device_instant import DeviceInstant
from services.kernel.problems import Refusal
from services.kernel.web.dependencies import Caller, Held, Now, Tx
from services.kernel.web.problems import refuse

router = APIRouter(prefix="/api/v1", tags=["pickup"])

Children = Annotated[list[UUID], Field(min_length=1, max_length=10)]


async def pass_keys(held: Held) -> PassKeys:
    """Return what passes are made and read with; ValueError without a key: a secret has no default."""
    key = held.settings.card_key.get_secret_value()
    if not key:
        raise ValueError("KEHOU_CARD_KEY is not set: passes and cards cannot be made or read")
    return PassKeys(key.encode(), held.signer, held.verifier)


Keys = Annotated[PassKeys, Depends(pass_keys)]


class PassIn(BaseModel):
    """Children who are collected together; ``collector_id`` where a guardian sends somebody else."""

    service_on: date
    child_ids: Children
    collector_id: UUID | None = None


class PassLineOut(BaseModel):
    """One child of a pass."""

    pass_id: UUID
    child_id: UUID


class QrOut(BaseModel):
    """The text of the QR code; ask for a fresh one every ``qr_refresh_seconds`` (real time)."""

    passes: list[PassLineOut]
    qr: str
    qr_seconds: int
    qr_refresh_seconds: int


class PassOut(QrOut):
    """A fresh pass. ``code`` is told this once; it and all else ends with use, re-issue or the day."""

    code: str
    collector_id: UUID
    collector: str
    service_on: date


class ProofIn(BaseModel):
    """``qr`` with ``token``, ``code`` with ``code``, or ``permission``: the child goes home alone."""

    kind: Literal["qr", "code", "permission"]
    token: str = Field(default="", max_length=4096)
    code: str = Field(default="", max_length=32)

    def read(self) -> Proof:
        """Return the proof."""
        return Proof(self.kind, {"qr": self.token, "code": self.code, "permission": ""}[self.kind])


class LookIn(BaseModel):
    """A pass to look at; ``child_id`` where the teacher knows for whom it should be."""

    service_on: date
    token: str | None = Field(default=None, max_length=4096)
    code: str | None = Field(default=None, max_length=32)
    child_id: UUID | None = None

    def read(self) -> Proof:
        """Return the proof: the QR code where there is one."""
        return Proof("qr", self.token) if self.token else Proof("code", self.code or "")


class SeenChildOut(BaseModel):
    """What the teacher must see of one child. ``objections`` are problems, the most important first."""

    child_id: UUID
    name: str | None
    grade: int | None
    class_name: str | None
    state: str | None
    collector_id: UUID | None
    collector: str | None
    relation: str | None
    may_go: bool
    objections: list[dict[str, Any]]


class SeenOut(BaseModel):
    """Everybody behind a pass."""

    children: list[SeenChildOut]


class ReleaseIn(BaseModel):
    """A release. ``release_id`` is made by the phone; sent again, it gets the same answer.

    ``person_matches`` false: the teacher sees that this is not the collector; the pass dies, the alarm is raised.
    """

    release_id: UUID
    service_on: date
    occurred_at: DeviceInstant
    child_ids: Children
    proof: ProofIn
    person_matches: bool = True


class ReleasedOut(BaseModel):
    """What became of one child."""

    child_id: UUID
    outcome: Literal["released", "refused"]
    entry_id: UUID | None = None
    problem: dict[str, Any] | None = None


class ReleaseOut(BaseModel):
    """At least one child was released. If none was, the answer is the first child's problem."""

    release_id: UUID
    children: list[ReleasedOut]


@router.post("/passes", status_code=201)
async def make_pass(body: PassIn, who: Caller, tx: Tx, now: Now, keys: Keys) -> PassOut:
    """Make a pass for today, the caller's own or for a collector whom the caller sends."""
    who.require(Persona.GUARDIAN)
    school_id = await school_of_children(tx, who.schools, body.child_ids)
    asked = PassAsked(
        school_id, body.service_on, tuple(body.child_ids), who.person_in(school_id), body.collector_id
    )
    made = await issue_pass(tx, asked, keys=keys, now=now)
    return PassOut(
        passes=[PassLineOut(pass_id=line.pass_id, child_id=line.child_id) for line in made.lines],
        qr=made.qr,
        qr_seconds=made.qr_seconds,
        qr_refresh_seconds=made.qr_seconds // 2,
        code=made.code,
        collector_id=made.collector.collector_id,
        collector=made.collector.name,
        service_on=body.service_on,
    )


@router.get("/passes/{pass_id}/qr")
async def fresh_qr(pass_id: UUID, who: Caller, tx: Tx, now: Now, keys: Keys) -> QrOut:
    """Return the pass' next QR code."""
    who.require(Persona.GUARDIAN)
    fresh = await rotate_qr(tx, pass_id, who.people, keys=keys, now=now)
    return QrOut(
        passes=[PassLineOut(pass_id=line.pass_id, child_id=line.child_id) for line in fresh.lines],
        qr=fresh.qr,
        qr_seconds=fresh.seconds,
        qr_refresh_seconds=fresh.seconds // 2,
    )


@router.post("/passes/checking", response_model=SeenOut)
async def look(body: LookIn, staff: StaffOnDuty, tx: Tx, now: Now, keys: Keys) -> SeenOut | Response:
    """Show the teacher whose pass this is, and what speaks against it. Wrong codes are counted."""
    asked = LookAsked(
        school_id=staff.school_id,
        service_on=body.service_on,
        child_ids=(body.child_id,) if body.child_id else (),
        proof=body.read(),
        actor_id=staff.adult_id,
        device_id=staff.device_id,
        is_leader=staff.leader,
    )
    seen = await check_pass(tx, asked, keys=keys, now=now)
    if isinstance(seen, Refusal):
        return refuse(seen)
    return SeenOut(children=[_seen(each) for each in seen])


@router.post("/releases", response_model=ReleaseOut)
async def release(body: ReleaseIn, staff: StaffOnDuty, tx: Tx, now: Now, keys: Keys) -> ReleaseOut | Response:
    """Give children to whoever came for them. Answers with the problem where no child may go; its row stays."""
    if is_astray(body.occurred_at, now, body.service_on):
        raise ReleaseClockAstray(service_on=body.service_on.isoformat())
    outcomes = await release_child(tx, _asked(body, staff), keys=keys, now=now)
    told = [_told(each) for each in outcomes]
    first = outcomes[0].refusal
    if first is not None and all(each.refusal for each in outcomes):
        rest = {"children": [each.model_dump(mode="json") for each in told]} if len(told) > 1 else {}
        return refuse(type(first)(**first.facts, **rest))
    return ReleaseOut(release_id=body.release_id, children=told)


def _asked(body: ReleaseIn, staff: OnDuty) -> ReleaseAsked:
    return ReleaseAsked(
        release_id=body.release_id,
        school_id=staff.school_id,
        service_on=body.service_on,
        child_ids=tuple(body.child_ids),
        proof=body.proof.read(),
        person_matches=body.person_matches,
        occurred_at=body.occurred_at,
        actor_id=staff.adult_id,
        device_id=staff.device_id,
        is_leader=staff.leader,
    )


def _seen(each: Judgement) -> SeenChildOut:
    child, shown = each.child, each.shown
    person = child.collectors.get(shown.collector_id) if child and shown else None
    return SeenChildOut(
        child_id=each.child_id,
        name=child.name if child else None,
        grade=child.grade if child else None,
        class_name=child.class_name if child else None,
        state=each.stay.state if each.stay else None,
        collector_id=shown.collector_id if shown else None,
        collector=person.name if person else None,
        relation=person.relation if person else None,
        may_go=not each.objections,
        objections=[objection.problem() for objection in each.objections],
    )


def _told(outcome: ReleaseOutcome) -> ReleasedOut:
    if outcome.refusal is None:
        return ReleasedOut(child_id=outcome.child_id, outcome="released", entry_id=outcome.entry_id)
    return ReleasedOut(child_id=outcome.child_id, outcome="refused", problem=outcome.refusal.problem())
