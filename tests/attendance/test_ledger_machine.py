"""Whatever order and repetition of scans, hand-overs, acceptances, releases and corrections: the three laws hold.

Hypothesis plays afternoons on a real database, in a thread of its own; what touches the database runs in the loop
of the session.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.kernel.database.transaction import Database
from tests.attendance.any_afternoon import Afternoon, bear

TEACHERS = st.sampled_from(["qin", "lu", "zhao", "leader"])
ANYBODY = st.sampled_from(["homeroom_1", "homeroom_2", "qin", "lu", "zhao", "leader"])
CHILDREN = st.lists(st.integers(0, 11), min_size=1, max_size=6, unique=True)
CHILD = st.integers(0, 11)
EXAMPLES, STEPS = 30, 50


class AnyAfternoon(RuleBasedStateMachine):
    """Rules are what people do; the invariant is the law."""

    loop: asyncio.AbstractEventLoop
    database: Database
    afternoon: Afternoon

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=60)

    @initialize(far=st.sampled_from(["received", "offered", "laid out"]))
    def begin(self, far: str) -> None:
        self.afternoon = self.run(Afternoon.begin(self.database, far))

    @rule(who=TEACHERS, indexes=CHILDREN, at_once=st.booleans())
    def scan(self, who: str, indexes: list[int], *, at_once: bool) -> None:
        sent = self.afternoon.scans(who, indexes)
        if at_once:
            self.run(self.afternoon.deliver(sent))

    @rule(number=st.integers(1, 2), indexes=CHILDREN, at_once=st.booleans())
    def offer_a_class(self, number: int, indexes: list[int], *, at_once: bool) -> None:
        sent = self.afternoon.offer_class(number, indexes)
        if at_once:
            self.run(self.afternoon.deliver(sent))

    @rule(who=TEACHERS, indexes=CHILDREN, at_once=st.booleans())
    def let_them_walk(self, who: str, indexes: list[int], *, at_once: bool) -> None:
        sent = self.run(self.afternoon.offer_own(who, indexes))
        if at_once:
            self.run(self.afternoon.deliver(sent))

    @rule(which=st.integers(0, 50))
    @precondition(lambda self: bool(self.afternoon.queue))
    def a_phone_sends_what_it_has_or_sends_it_again(self, which: int) -> None:
        queue = self.afternoon.queue
        self.run(self.afternoon.deliver(queue[which % len(queue)]))

    @rule(who=TEACHERS, which=st.integers(0, 5), indexes=CHILDREN)
    @precondition(lambda self: bool(self.afternoon.offers))
    def accept(self, who: str, which: int, indexes: list[int]) -> None:
        self.run(bear(self.afternoon.accept(who, which, indexes)))

    @rule(who=st.none() | ANYBODY, which=st.integers(0, 5), indexes=CHILDREN)
    @precondition(lambda self: bool(self.afternoon.offers))
    def take_back(self, who: str | None, which: int, indexes: list[int]) -> None:
        self.run(bear(self.afternoon.take_back(who, which, indexes)))

    @rule(which=st.integers(0, 11), who=st.none() | TEACHERS, at_once=st.sampled_from([True, True, False]))
    def release(self, which: int, who: str | None, *, at_once: bool) -> None:
        sent = self.run(self.afternoon.release(which, who))
        if sent is not None and at_once:
            self.run(self.afternoon.deliver(sent))

    @rule(who=TEACHERS, index=CHILD)
    def correct(self, who: str, index: int) -> None:
        self.run(bear(self.afternoon.correct(who, index)))

    @rule(who=ANYBODY, index=CHILD, reason=st.sampled_from(["went_home", "sick", "leave"]))
    def settle(self, who: str, index: int, reason: str) -> None:
        self.run(bear(self.afternoon.settle(who, index, reason)))

    @rule(who=ANYBODY, reason=st.sampled_from(["went_home", "with_other_teacher", "other"]))
    def clear(self, who: str, reason: str) -> None:
        self.run(bear(self.afternoon.clear_a_case(who, reason)))

    @rule(minutes=st.sampled_from([1, 4, 12, 30]))
    def time_passes(self, minutes: int) -> None:
        self.run(self.afternoon.run_timers(minutes))

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "afternoon"):
            self.run(self.afternoon.check())

    def teardown(self) -> None:
        if hasattr(self, "afternoon"):
            self.run(self.afternoon.end())


async def test_the_three_laws_hold_whatever_happens_in_whatever_order(attendance_db: Database) -> None:
    bound = type(
        "BoundAfternoon", (AnyAfternoon,), {"loop": asyncio.get_running_loop(), "database": attendance_db}
    )
    told = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[
            Phase.generate
        ],  # a failure is told as it was found: shrinking it on a database takes minutes
    )
    await asyncio.to_thread(run_state_machine_as_test, bound, settings=told)
