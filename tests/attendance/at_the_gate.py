"""The gate of the small school: children in care, passes, releases, and what was written about them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import Step
from services.attendance.pickup.issue_pass import IssuedPass, PassAsked, issue_pass
from services.attendance.pickup.proof import PassKeys, Proof
from services.attendance.pickup.release_child import ReleaseAsked, ReleaseOutcome, release_child
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from services.kernel.tokens import Signer, Verifier, make_key
from tests.attendance.small_school import MONDAY, SmallSchool

ALONE = Proof("permission")
"""The child goes home by itself."""


def code(made: IssuedPass) -> Proof:
    """Return what a collector says."""
    return Proof("code", made.code)


def qr(made: IssuedPass) -> Proof:
    """Return what a collector shows."""
    return Proof("qr", made.qr)


def fresh_keys() -> PassKeys:
    """Keys of a platform of one service."""
    pem, public = make_key()
    return PassKeys(b"a key for tests", Signer("attendance", pem), Verifier({"attendance": public}))


@dataclass
class Gate:
    """What a test says and sees at the gate; the actor is teacher Qin unless it says otherwise."""

    db: Database
    school: SmallSchool
    clock: ManualClock
    keys: PassKeys = field(default_factory=fresh_keys)
    phone: UUID = field(default_factory=new_id)

    async def receive(self, *children: UUID, adult: UUID | None = None) -> None:
        """Put children into an adult's care, as a scan does."""
        adult = adult or self.school.qin
        async with self.db.transaction([self.school.school_id]) as tx:
            stays = await lock_stays(tx, self.school.school_id, MONDAY, children)
            steps = [
                Step(
                    entry_id=new_id(),
                    child_id=child_id,
                    kind="received",
                    method="card",
                    occurred_at=self.clock.now(),
                    actor_id=adult,
                    state_after="in_care",
                    adult_after=adult,
                    room_after=self.school.rooms[0],
                    received=True,
                )
                for child_id in children
            ]
            await append_entries(
                tx, stays, steps, school_id=self.school.school_id, service_on=MONDAY, now=self.clock.now()
            )

    async def issue(self, caller: UUID, *children: UUID, collector: UUID | None = None) -> IssuedPass:
        """Make a pass."""
        async with self.db.transaction([self.school.school_id]) as tx:
            asked = PassAsked(self.school.school_id, MONDAY, children, caller, collector)
            return await issue_pass(tx, asked, keys=self.keys, now=self.clock.now())

    def asked(self, proof: Proof, *children: UUID, **changes: Any) -> ReleaseAsked:
        """Return a request for a release."""
        told: dict[str, Any] = {
            "release_id": new_id(),
            "school_id": self.school.school_id,
            "service_on": MONDAY,
            "child_ids": children,
            "proof": proof,
            "person_matches": True,
            "occurred_at": self.clock.now(),
            "actor_id": self.school.qin,
            "device_id": self.phone,
            "is_leader": False,
        }
        return ReleaseAsked(**(told | changes))

    async def release(self, asked: ReleaseAsked) -> list[ReleaseOutcome]:
        """Ask for a release."""
        async with self.db.transaction([self.school.school_id]) as tx:
            return await release_child(tx, asked, keys=self.keys, now=self.clock.now())

    async def refused(self, proof: Proof, child_id: UUID, **changes: Any) -> Refusal:
        """Ask for one child, expect a refusal and its row, and return it."""
        asked = self.asked(proof, child_id, **changes)
        (outcome,) = await self.release(asked)
        assert outcome.refusal is not None
        (row,) = await self.rows(
            "SELECT child_id, reason, problem FROM release_refusal WHERE refusal_id = :id",
            id=asked.line_id(child_id),
        )
        assert row["child_id"] == child_id
        assert row["reason"] == outcome.refusal.slug()
        assert row["problem"]["detail"] == outcome.refusal.sentence()
        return outcome.refusal

    async def rows(self, query: str, **facts: object) -> list[dict[str, Any]]:
        """Read, inside the school's scope."""
        async with self.db.transaction([self.school.school_id]) as tx:
            return [dict(row) for row in (await tx.execute(text(query), facts)).mappings()]

    async def change(self, statement: str, **facts: object) -> None:
        """Change what the roster says."""
        async with self.db.transaction([self.school.school_id]) as tx:
            await tx.execute(text(statement), facts)

    async def state(self, child_id: UUID) -> str:
        """Return where a child's stay stands."""
        (row,) = await self.rows("SELECT state FROM stay WHERE child_id = :child", child=child_id)
        return str(row["state"])

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the bodies of the facts of one kind that were announced, oldest first."""
        batches = await self.rows("SELECT letters FROM outgoing ORDER BY announced_at, batch_id")
        letters = [letter for batch in batches for letter in _read(batch["letters"])]
        return [letter["body"] for letter in letters if letter["kind"] == f"attendance.{kind}.v1"]

    async def make_siblings(self, *children: UUID) -> None:
        """Let the first child's guardian be the mother of all of them."""
        mother = self.school.guardians[self.school.children.index(children[0])]
        for child in children[1:]:
            await self.change(
                "UPDATE collector SET collector_id = :mother WHERE child_id = :child",
                mother=mother,
                child=child,
            )

    async def block(self, child: UUID, name: str) -> None:
        """Put somebody on the list of those who must never take this child."""
        await self.change(
            "INSERT INTO blocked (school_id, child_id, blocked_id, name, reason, removed)"
            " VALUES (:school, :child, :id, :name, '法院裁定', false)",
            school=self.school.school_id,
            child=child,
            id=new_id(),
            name=name,
        )

    async def set_timings(self, **timings: int) -> None:
        """Let the school set some of its timings."""
        await self.change("UPDATE school SET settings = CAST(:told AS jsonb)", told=json.dumps(timings))

    def set(self, instant: datetime) -> None:
        """Move the domain's clock."""
        self.clock.set(instant)


def _read(letters: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(letters) if isinstance(letters, str) else letters
    return told
