"""A school of three children as the directory knows it, and what attendance would tell of them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text

from services.contracts.facts.attendance import (
    ChildLate,
    ChildMissing,
    ChildMoved,
    ChildReceived,
    ChildReleased,
    MissingCleared,
    ReleaseRefused,
)
from services.contracts.facts.gateway import BoundPerson
from services.contracts.internal.enrollment import (
    ChildEntry,
    CollectorEntry,
    GuardianEntry,
    GuardianshipEntry,
    OfferingEntry,
    RoomEntry,
    RosterPage,
    SchoolEntry,
    StaffEntry,
)
from services.contracts.internal.gateway import AccountEntry
from services.contracts.personas import Persona
from services.contracts.wire import Fact
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock, real_now
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.letters.envelope import Hears, Letter, Receipt
from services.kernel.letters.receive import receive
from services.notifications.delivery.count_credits import earn_credits
from services.notifications.directory.bind_account import bind_account
from services.notifications.directory.copy_roster import copy_roster
from services.notifications.directory.letters import HEARS as DIRECTORY_HEARS
from services.notifications.messages.letters import HEARS

EARS: dict[str, Hears] = {ear.kind: ear for ear in (*HEARS, *DIRECTORY_HEARS)}
DAY = date(2026, 11, 23)


def ids(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]


@dataclass
class SmallSchool:
    """明 (mother, father, grandfather may collect), 红 (mother), 强 (nobody). Teacher 李, leader 赵."""

    database: Database
    clock: ManualClock
    cipher: FieldCipher
    school_id: UUID = field(default_factory=new_id)
    ming: UUID = field(default_factory=new_id)
    hong: UUID = field(default_factory=new_id)
    qiang: UUID = field(default_factory=new_id)
    mother: UUID = field(default_factory=new_id)
    father: UUID = field(default_factory=new_id)
    hongs_mother: UUID = field(default_factory=new_id)
    grandfather: UUID = field(default_factory=new_id)
    teacher: UUID = field(default_factory=new_id)
    leader: UUID = field(default_factory=new_id)
    room: UUID = field(default_factory=new_id)
    ball: UUID = field(default_factory=new_id)
    brush: UUID = field(default_factory=new_id)

    PHONES: ClassVar = {"mother": "13800000001", "father": "13800000002", "hongs_mother": "13800000003"}
    STAFF_PHONES: ClassVar = {"teacher": "13900000001", "leader": "13900000002"}

    def page(self, **changes: Any) -> RosterPage:
        """The whole roster as enrollment would answer it, version 1."""
        told: dict[str, Any] = {
            "school": SchoolEntry(
                school_id=self.school_id, code="S001", name="城南小学", county="长治", kind="primary",
                boarding="none", run_by_id=None, releases_at=time(16, 30), work_ends_at=time(18),
                agreement_number=1,
            ),
            "since": 0, "version": 1, "more": False,
            "terms": [], "blocked": [], "self_release": [], "places": [],
            "offerings": [self.offering(self.ball, "篮球"), self.offering(self.brush, "书法")],
            "children": [
                self.child(self.ming, "王小明"), self.child(self.hong, "李红"), self.child(self.qiang, "张强"),
            ],
            "staff": [self.staff(self.teacher, "李芳", "teacher"), self.staff(self.leader, "赵刚", "leader")],
            "rooms": [RoomEntry(room_id=self.room, name="三楼301教室", capacity=40, removed=False)],
            "guardians": [
                self.guardian(self.mother, "陈静", "mother"),
                self.guardian(self.father, "王建国", "father"),
                self.guardian(self.hongs_mother, "周敏", "hongs_mother"),
            ],
            "guardianships": [
                self.guardianship(self.ming, self.mother, "母亲", 1),
                self.guardianship(self.ming, self.father, "父亲", 2),
                self.guardianship(self.hong, self.hongs_mother, "母亲", 1),
            ],
            "collectors": [
                CollectorEntry(
                    collector_id=self.grandfather, child_id=self.ming, name="王大山", relation="爷爷",
                    phone="13700000001", born_year=1955, valid_from=DAY, valid_until=DAY, weekdays=[1],
                    removed=False,
                )
            ],
        }  # fmt: skip
        return RosterPage(**{**told, **changes})

    @staticmethod
    def child(child_id: UUID, name: str, *, removed: bool = False) -> ChildEntry:
        return ChildEntry(
            child_id=child_id, student_no=str(child_id)[:8], name=name, pinyin="", initials="", sex=None, grade=1,
            class_name="1班", boarder=False, agreed_number=1, removed=removed,
        )  # fmt: skip

    def guardian(self, guardian_id: UUID, name: str, who: str, *, removed: bool = False) -> GuardianEntry:
        return GuardianEntry(guardian_id=guardian_id, name=name, phone=self.PHONES[who], removed=removed)

    def staff(self, staff_id: UUID, name: str, who: str) -> StaffEntry:
        return StaffEntry(
            staff_id=staff_id, staff_no=who, name=name, phone=self.STAFF_PHONES[who], personas=[Persona.TEACHER],
            subject=None, homeroom_grade=None, homeroom_class=None, removed=False,
        )  # fmt: skip

    @staticmethod
    def offering(offering_id: UUID, title: str, *, removed: bool = False) -> OfferingEntry:
        return OfferingEntry(
            offering_id=offering_id, term_id=new_id(), code=title, title=title, kind="sport", basic=False,
            weekdays=[1], starts=time(16, 30), ends=time(17, 30), grades=[1], capacity=20, teacher_id=None,
            room_id=None, needs_staffing=False, removed=removed,
        )  # fmt: skip

    @staticmethod
    def guardianship(
        child_id: UUID, guardian_id: UUID, relation: str, rank: int, *, is_told: bool = True
    ) -> GuardianshipEntry:
        return GuardianshipEntry(
            child_id=child_id, guardian_id=guardian_id, relation=relation, rank=rank, may_choose=True,
            may_sign=True, may_collect=True, is_told=is_told, removed=False,
        )  # fmt: skip

    async def settle_in(self) -> None:
        """Copy the roster."""
        async with self.database.transaction([self.school_id]) as tx:
            assert await copy_roster(tx, self.page(), self.cipher)

    async def bind(
        self,
        person: UUID,
        openid: str,
        *,
        credit: dict[str, int] | None = None,
        account_id: UUID | None = None,
    ) -> UUID:
        """Let a WeChat user read for a person, with so many credits by template."""
        account_id = account_id or new_id()
        told = AccountEntry(
            account_id=account_id,
            openid=openid,
            people=[BoundPerson(school_id=self.school_id, person_id=person, persona="guardian")],
        )
        async with self.database.transaction([self.school_id]) as tx:
            await bind_account(tx, told, now=self.clock.now())
            for template_id, count in (credit or {}).items():
                for _ in range(count):
                    await earn_credits(tx, [(account_id, template_id)], real=real_now())
        return account_id

    async def hear(self, *facts: Fact, letter_id: UUID | None = None) -> Receipt:
        """Receive facts as letters of one post."""
        letters = [
            Letter(
                letter_id=letter_id or new_id(),
                kind=fact.kind,
                sender=fact.kind.partition(".")[0],
                sent_at=self.clock.now(),
                body=fact.model_dump(mode="json"),
            )
            for fact in facts
        ]
        return await receive(self.database, EARS, letters, now=self.clock.now())

    async def rows(self, query: str, **about: Any) -> list[dict[str, Any]]:
        async with self.database.transaction([self.school_id]) as tx:
            return [dict(row) for row in (await tx.execute(text(query), about)).mappings()]

    async def told(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Messages with the recipient's name, oldest first."""
        return await self.rows(
            "SELECT m.kind, p.name, m.state, m.outcome, m.channel, m.body, m.step_no, m.message_id, m.tries"
            " FROM message m JOIN person p ON p.school_id = m.school_id AND p.person_id = m.recipient_id"
            " WHERE CAST(:kind AS text) IS NULL OR m.kind = :kind ORDER BY m.happened_at, p.name",
            kind=kind,
        )

    async def attempts(self, cause_id: UUID | None = None) -> list[tuple[str, str, str]]:
        """Channel, outcome and code of every attempt (about one cause), in order."""
        rows = await self.rows(
            "SELECT a.channel, a.outcome, a.code FROM attempt a JOIN message m USING (school_id, message_id)"
            " WHERE CAST(:cause_id AS uuid) IS NULL OR m.cause_id = :cause_id ORDER BY a.started_at, a.attempt_id",
            cause_id=cause_id,
        )
        return [(row["channel"], row["outcome"], row["code"]) for row in rows]

    def _about(self, child_id: UUID, at: datetime | None) -> dict[str, Any]:
        return {
            "school_id": self.school_id,
            "child_id": child_id,
            "service_on": DAY,
            "at": at or self.clock.now(),
        }

    def received(self, child_id: UUID, at: datetime | None = None) -> ChildReceived:
        about = self._about(child_id, at)
        return ChildReceived(**about, entry_id=new_id(), room_id=self.room, adult_id=self.teacher)

    def moved(self, child_id: UUID) -> ChildMoved:
        about = self._about(child_id, None)
        return ChildMoved(**about, entry_id=new_id(), room_id=self.room, adult_id=self.teacher)

    def released(self, child_id: UUID, collector: UUID | None = None, **more: Any) -> ChildReleased:
        about = self._about(child_id, more.pop("at", None))
        return ChildReleased(
            **about, entry_id=new_id(), collector_id=collector, **{"manner": "collector", **more}
        )

    def missing(self, child_id: UUID, case_id: UUID) -> ChildMissing:
        return ChildMissing(**self._about(child_id, None), case_id=case_id, session_id=None)

    def cleared(self, child_id: UUID, case_id: UUID, reason: str = "went_home") -> MissingCleared:
        return MissingCleared(**self._about(child_id, None), case_id=case_id, reason=reason)

    def late(self, child_id: UUID, case_id: UUID, *recipients: UUID, **more: Any) -> ChildLate:
        told = {"step_no": 1, "audience": "guardians", "urgent": False, "minutes_late": 15, **more}
        about = self._about(child_id, told.pop("at", None))
        return ChildLate(**about, case_id=case_id, recipients=recipients, **told)

    def refused(
        self, child_id: UUID, *, alarming: bool = True, reason: str = "person-blocked"
    ) -> ReleaseRefused:
        about = self._about(child_id, None)
        return ReleaseRefused(
            **about, refusal_id=new_id(), reason=reason, alarming=alarming, leaders=(self.leader,)
        )
