"""An afternoon in which everybody may do anything, in any order, twice, and late: the machine behind the ledger's test.

Phones keep what they send; a batch may be delivered at once, later, after others, or again and again.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.ledger_check import ledger_check
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.offer_children import Offer
from services.attendance.custody.rules.take_step import Step
from services.attendance.lateness import wake_ladders
from services.attendance.pickup.release_child import ReleaseAsked, ReleaseOutcome
from services.attendance.safety import watch
from services.attendance.safety.clear_missing import Told, clear_missing, settle_child
from services.attendance.scanning.rules.judge_scan import CLOCKS_DIFFER
from services.attendance.scanning.scan_batch import Scan
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from services.kernel.timers import TimerRunner
from tests.attendance.at_the_gate import Gate, code
from tests.attendance.phone import Phone, at, outcome, rows
from tests.attendance.small_school import MONDAY, SmallSchool, settled_school

EVERYBODY = ("homeroom_1", "homeroom_2", "qin", "lu", "zhao", "leader")
LEDGER = "SELECT * FROM entry ORDER BY child_id, turn, number"
STANDING = "SELECT child_id, state, adult_id, room_id, session_id, hand_over_id, received FROM stay ORDER BY child_id"
FACTS = (
    "SELECT letter->'body'->>'child_id', count(*) FROM outgoing, jsonb_array_elements(letters) AS letter"
    " WHERE letter->>'kind' = 'attendance.child-received.v1' GROUP BY 1"
)


@dataclass
class Sent:
    """Something a phone made, and what it heard the first time; None: not delivered yet."""

    deliver: Callable[[], Coroutine[Any, Any, Any]]
    answer: Any = None


@dataclass
class Afternoon:
    """The small school with every phone in it."""

    database: Database
    school: SmallSchool
    clock: ManualClock
    queue: list[Sent] = field(default_factory=list)
    offers: list[UUID] = field(default_factory=list)
    seen: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)

    @classmethod
    async def begin(cls, database: Database, far: str) -> "Afternoon":
        """Lay a fresh school's day out and play it until 16:25, until the classes are offered, or until 17:25."""
        clock = ManualClock(at(15, 30))
        school = await settled_school(database, clock)
        clock.set(at(16, 25))
        afternoon = cls(database, school, clock)
        if far in {"offered", "received"}:
            for number in (1, 2):
                await afternoon.deliver(afternoon.offer_class(number, range(5 if number == 2 else 6)))
        if far == "received":
            clock.set(at(16, 35))
            await afternoon.deliver(afternoon.scans("qin", range(6)))
            await afternoon.deliver(afternoon.scans("lu", range(6, 11)))
            clock.set(at(17, 25))
        return afternoon

    def phone(self, name: str) -> Phone:
        return Phone(self.database, self.school, getattr(self.school, name), self.clock, name == "leader")

    async def standing(self, condition: str, **facts: Any) -> list[tuple[int, str]]:
        """Return the children for whose stay a condition holds, by index, with who answers for each."""
        statement = f"SELECT child_id, adult_id FROM stay WHERE {condition} ORDER BY child_id"  # noqa: S608 - a test
        found = await rows(self.database, self.school, statement, **facts)
        names = {getattr(self.school, name): name for name in EVERYBODY}
        return [(self.school.children.index(child), names.get(adult, "")) for child, adult in found]

    # Each of these makes something and hands back what delivers it; sent again, it must hear the same.

    def scans(self, who: str, indexes: Sequence[int]) -> Sent:
        phone = self.phone(who)
        batch: list[Scan] = phone.scans(*indexes)

        async def deliver() -> list[str]:
            return [outcome(result) for result in await phone.send(batch)]

        return self._kept(deliver)

    def offer_class(self, number: int, indexes: Sequence[int]) -> Sent:
        """A homeroom teacher offers children of her class."""
        return self._offered(f"homeroom_{number}", [index % 6 + 6 * (number - 1) for index in indexes])

    async def offer_own(self, who: str, indexes: Sequence[int]) -> Sent:
        """A teacher lets children of hers walk, and now and then one that is not hers."""
        own = await self.standing("adult_id = :adult", adult=getattr(self.school, who))
        return self._offered(who, _some([index for index, _ in own], indexes) or indexes[:1])

    async def release(self, which: int, who: str | None) -> Sent | None:
        """A guardian shows a fresh code to whoever has the child, or to ``who``; the phone sends the release."""
        there = await self.standing("state IN ('in_care', 'in_transit', 'released')")
        if not there:
            return None
        index, adult = there[which % len(there)]
        child, actor = self.school.children[index], who or adult or "qin"
        gate = Gate(self.database, self.school, self.clock)
        asked: list[ReleaseAsked] = []

        async def deliver() -> list[tuple[Any, ...]]:
            if not asked:
                made = await gate.issue(self.school.guardians[index], child)
                told = {"actor_id": getattr(self.school, actor), "is_leader": actor == "leader"}
                asked.append(gate.asked(code(made), child, **told))
            return [_release(told) for told in await gate.release(asked[0])]

        return self._kept(deliver)

    async def accept(self, who: str, which: int, indexes: Sequence[int]) -> None:
        await self.phone(who).accept(*await self._under_way(which, indexes))

    async def take_back(self, who: str | None, which: int, indexes: Sequence[int]) -> None:
        offer, *children = await self._under_way(which, indexes)
        giver = await self.standing("hand_over_id = :offer", offer=offer)
        await self.phone(who or (giver[0][1] if giver else "qin")).take_back(offer, *children)

    async def settle(self, who: str, index: int, reason: Any) -> None:
        async with self.database.transaction([self.school.school_id]) as tx:
            told, child = Told(MONDAY, reason, ""), self.school.children[index]
            await settle_child(tx, self.phone(who).staff, child, told, now=self.clock.now())

    async def clear_a_case(self, who: str, reason: Any) -> None:
        found = await rows(
            self.database,
            self.school,
            "SELECT case_id FROM missing_case WHERE cleared_at IS NULL ORDER BY 1 LIMIT 1",
        )
        for (case_id,) in found:
            async with self.database.transaction([self.school.school_id]) as tx:
                told = Told(MONDAY, reason, "")
                await clear_missing(tx, self.phone(who).staff, case_id, told, now=self.clock.now())

    async def correct(self, who: str, index: int) -> None:
        """Write that the newest line was a mistake, and that this teacher has the child."""
        child = self.school.children[index]
        newest = "SELECT entry_id FROM entry WHERE child_id = :child ORDER BY number DESC LIMIT 1"
        wrong = await rows(self.database, self.school, newest, child=child)
        async with self.database.transaction([self.school.school_id]) as tx:
            stays = await lock_stays(tx, self.school.school_id, MONDAY, [child])
            if not wrong or stays[child].state not in {"in_care", "released"}:
                return
            step = Step(
                entry_id=new_id(),
                child_id=child,
                kind="corrected",
                method="desk",
                occurred_at=self.clock.now(),
                actor_id=self.school.leader,
                state_after="in_care",
                adult_after=getattr(self.school, who),
                corrects=wrong[0][0],
                reason="点错",
                received=True,
            )
            await append_entries(
                tx, stays, [step], school_id=self.school.school_id, service_on=MONDAY, now=self.clock.now()
            )

    async def run_timers(self, minutes: int) -> None:
        """Let time pass; whatever the timers do, no child changes hands (law 2)."""
        self.clock.advance(timedelta(minutes=minutes))
        before = await rows(self.database, self.school, STANDING)
        timers = {**watch.TIMERS, **wake_ladders.TIMERS}
        await TimerRunner(self.database, self.clock, timers).run_due()
        assert await rows(self.database, self.school, STANDING) == before
        assert await rows(self.database, self.school, "SELECT 1 FROM timer WHERE tries > 0") == []

    async def check(self) -> None:
        """The three laws, and what follows from them."""
        async with self.database.transaction([self.school.school_id]) as tx:
            assert await ledger_check(tx, self.school.school_id, MONDAY) == []
            lines = (await tx.execute(text(LEDGER))).all()
            told = {row[0]: row[1] for row in await tx.execute(text(FACTS))}
        ledger = {row.entry_id: tuple(row) for row in lines}
        rewritten = [entry_id for entry_id, row in self.seen.items() if ledger.get(entry_id) != row]
        assert rewritten == [], "nothing is rewritten"
        self.seen = ledger
        twice = [child for child in map(str, self.school.children) if told.get(child, 0) > 1]
        assert twice == [], "a child is received into after-school care once a day"
        moves = [line for line in lines if line.kind not in {"sighted", "missing", "found"}]
        for before, line in pairwise(moves):
            if before.child_id == line.child_id and line.method in {"card", "tap"}:
                late = "a scan that comes late moves nobody"
                assert line.occurred_at >= before.occurred_at - CLOCKS_DIFFER, late

    async def deliver(self, sent: Sent) -> None:
        """Deliver, for the first time or again: the answer is the same."""
        try:
            answer = await sent.deliver()
        except Refusal as refusal:
            answer = refusal.slug()
        if sent.answer is not None and not isinstance(sent.answer, str):
            assert answer == sent.answer
        sent.answer = answer

    async def end(self) -> None:
        """Leave no timer to the next afternoon."""
        statement = "DELETE FROM timer WHERE school_id = :id RETURNING 1"
        await rows(self.database, self.school, statement, id=self.school.school_id)

    def _kept(self, deliver: Callable[[], Coroutine[Any, Any, Any]]) -> Sent:
        sent = Sent(deliver)
        self.queue.append(sent)
        return sent

    def _offered(self, who: str, indexes: Sequence[int]) -> Sent:
        phone = self.phone(who)
        offer: Offer = phone.an_offer(*dict.fromkeys(indexes))

        async def deliver() -> Any:
            offered = await phone.send_offer(offer)
            if offer.hand_over_id not in self.offers:
                self.offers.append(offer.hand_over_id)
            return sorted(offered.children), sorted(offered.refused)

        return self._kept(deliver)

    async def _under_way(self, which: int, indexes: Sequence[int]) -> tuple[Any, ...]:
        """Return an offer, and some of the children that are under way in it, or any."""
        offer = self.offers[which % len(self.offers)]
        there = await self.standing("hand_over_id = :offer", offer=offer)
        return offer, *(_some([index for index, _ in there], indexes) or indexes)


def _some(there: Sequence[int], indexes: Sequence[int]) -> list[int]:
    """Pick as many of those that are there as there are indexes."""
    return list(dict.fromkeys(there[index % len(there)] for index in indexes)) if there else []


def _release(told: ReleaseOutcome) -> tuple[Any, ...]:
    return told.child_id, told.refusal.slug() if told.refusal else "released"


async def bear(work: Coroutine[Any, Any, None]) -> None:
    """Do it; to be refused is an answer."""
    with suppress(Refusal):
        await work
