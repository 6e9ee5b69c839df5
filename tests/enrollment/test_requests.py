"""Nobody chooses for a family: staff act on a guardian's recorded request, and the guardian sees each of them (R03)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.families.errors import ChildNotOnFile, PhoneInvalid
from services.enrollment.policy import Policy
from services.enrollment.requests.errors import (
    CollectorByTelephone,
    NotForTeachers,
    NotOwnHomeroom,
    NotThisChildsGuardian,
)
from services.enrollment.requests.family_requests import own_requests, requests_at_school
from services.enrollment.requests.record_request import Clerk
from services.enrollment.selection.errors import NoRightToChoose, OfferingFull, PlaceHeld
from services.kernel.ids import new_id
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.counter import ACT, HOMEROOM, SIBLING, Office, act
from tests.enrollment.small_rounds import OPENS, announced, ids_of


async def test_a_claim_on_request_is_the_guardians_and_names_the_request(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        (club,) = await ids_of(tx, "K058")
        request_id = await Office(tx, filled, policy).record(family, act("claim", offering_id=club))
        place = (
            await tx.execute(
                text("SELECT child_id, chosen_by, request_id FROM place WHERE came_by = 'claim'")
            )
        ).one()
        assert tuple(place) == (family.child_id, family.guardian_id, request_id)
        (kept,) = await own_requests(tx, {filled.primary: family.guardian_id})
        assert (kept["request_id"], kept["said"], kept["how"]) == (request_id, "妈妈来电说的", "phone")
        assert kept["act"]["do"] == "claim"
        told = await tx.scalar(
            text("SELECT letters FROM outgoing WHERE letters::text LIKE '%request-carried-out%'")
        )
        assert str(family.guardian_id) in str(told)


async def test_what_the_act_is_refused_for_leaves_no_request(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family, other = (await families(tx, filled.primary, 1))[:2]
        (club,) = await ids_of(tx, "K058")
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE code = 'K058'"))
        await office.record(family, act("claim", offering_id=club))
        with pytest.raises(PlaceHeld):
            await office.record(family, act("claim", offering_id=club))
        with pytest.raises(OfferingFull):
            await office.record(other, act("claim", offering_id=club))
        assert await office.count("family_request") == 1


async def test_a_guardian_without_the_right_cannot_have_it_done_either(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(
            text("UPDATE guardianship SET may_choose = false WHERE child_id = :child"),
            {"child": family.child_id},
        )
        with pytest.raises(NoRightToChoose):
            await office.record(family, act("care", weekdays=[1, 2]))
        assert await office.count("family_request") == 0


async def test_only_a_guardian_of_the_child_can_have_asked(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        office = Office(tx, filled, policy)
        family, other = (await families(tx, filled.primary, 1))[:2]
        far = (await families(tx, filled.junior, 7))[0]
        care = act("care", weekdays=[1])
        for guardian in (other.guardian_id, far.guardian_id, new_id()):
            with pytest.raises(NotThisChildsGuardian):
                await office.record(family, care, guardian=guardian)
        for child in (far, Family(new_id(), family.guardian_id, 1, "1班")):
            with pytest.raises(ChildNotOnFile):
                await office.record(child, care)
        assert await office.count("family_request") == 0


async def test_a_homeroom_teacher_records_for_the_own_class_and_no_other(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        neighbour = (await families(tx, filled.primary, 1, "2班"))[0]
        teacher = await tx.scalar(
            HOMEROOM, {"school_id": filled.primary, "grade": 1, "class_name": family.class_name}
        )
        office = Office(tx, filled, policy, Clerk(teacher, officer=False))
        care = act("care", weekdays=[1, 2, 3])
        await office.record(family, care)
        with pytest.raises(NotOwnHomeroom):
            await office.record(neighbour, care)
        with pytest.raises(NotForTeachers):
            await office.record(family, act("transfer_out", effective_on=date(2026, 12, 1)))
        await Office(tx, filled, policy).record(neighbour, care)
        seen = await requests_at_school(tx, filled.primary, homeroom_of=teacher)
        assert [row["child_id"] for row in seen] == [family.child_id]
        assert len(await requests_at_school(tx, filled.primary)) == 2
        of_child = await requests_at_school(tx, filled.primary, child_id=neighbour.child_id)
        assert [row["child_id"] for row in of_child] == [neighbour.child_id]


async def test_a_place_or_an_entry_of_another_child_is_as_if_it_were_not_there(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family, other = (await families(tx, filled.primary, 1))[:2]
        (club,) = await ids_of(tx, "K058")
        await office.record(other, act("claim", offering_id=club))
        place_id = await tx.scalar(text("SELECT place_id FROM place WHERE came_by = 'claim'"))
        for strange in (
            act("end_place", place_id=place_id),
            act("end_place", place_id=new_id()),
            act("accept_offer", entry_id=new_id()),
            act("withdraw_swap", swap_id=new_id()),
        ):
            with pytest.raises(NotYours):
                await office.record(family, strange)
        await office.record(other, act("end_place", place_id=place_id))
        assert await office.count("family_request") == 2


async def test_a_teacher_takes_back_no_proposal_of_a_sibling_in_another_class(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family, other = (await families(tx, filled.primary, 1))[:2]
        await tx.execute(
            SIBLING,
            {"sibling": str(other.child_id), "guardian": family.guardian_id, "child": family.child_id},
        )
        given, wanted = await ids_of(tx, "K058", "K056")
        await office.record(other, act("claim", offering_id=given), guardian=family.guardian_id)
        place_id = await tx.scalar(text("SELECT place_id FROM place WHERE came_by = 'claim'"))
        proposal = act("propose_swap", place_id=place_id, wants_id=wanted)
        await office.record(other, proposal, guardian=family.guardian_id)
        swap_id = await tx.scalar(text("SELECT swap_id FROM swap_proposal"))
        with pytest.raises(NotYours):
            await office.record(family, act("withdraw_swap", swap_id=swap_id))
        await office.record(other, act("withdraw_swap", swap_id=swap_id), guardian=family.guardian_id)


async def test_wishes_waiting_and_leaving_can_be_asked_for_at_the_counter(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        first, second = (await families(tx, filled.primary, 1))[:2]
        told = await announced(tx, filled, codes=["K055"])
        wished, full = await ids_of(tx, "K055", "K058")
        request_id = await office.record(
            first, act("wishes", round_id=told.round_id, offering_ids=[wished]), now=OPENS
        )
        kept = (await tx.execute(text("SELECT child_id, submitted_by, request_id FROM wish_list"))).one()
        assert tuple(kept) == (first.child_id, first.guardian_id, request_id)
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE code = 'K058'"))
        await office.record(first, act("claim", offering_id=full))
        waiting = await office.record(second, act("join_waiting", offering_id=full))
        entry = (await tx.execute(text("SELECT entry_id, child_id, request_id FROM waiting_entry"))).one()
        assert (entry.child_id, entry.request_id) == (second.child_id, waiting)
        with pytest.raises(NotYours):
            await office.record(first, act("leave_waiting", entry_id=entry.entry_id))
        await office.record(second, act("leave_waiting", entry_id=entry.entry_id))
        tomorrow = NOON.date() + timedelta(days=1)
        leaving = await office.record(
            first, act("transfer_out", effective_on=tomorrow, other_school="城北小学")
        )
        move = (await tx.execute(text("SELECT child_id, request_id, direction FROM child_move"))).one()
        assert tuple(move) == (first.child_id, leaving, "out")


async def test_siblings_are_linked_at_the_counter_and_a_teacher_hands_in_for_no_other_class(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        sibling = (await families(tx, filled.primary, 1, "2班"))[0]
        about = {"sibling": str(sibling.child_id), "guardian": family.guardian_id, "child": family.child_id}
        told = await announced(tx, filled, codes=["K055", "K056"])
        one, two = await ids_of(tx, "K055", "K056")
        wishes = act(
            "wishes",
            round_id=told.round_id,
            offering_ids=[one, two],
            together={
                "siblings": [{"child_id": sibling.child_id, "offering_ids": [one]}],
                "link": "same_day",
            },
        )
        office = Office(tx, filled, policy)
        with pytest.raises(NotThisChildsGuardian):
            await office.record(family, wishes, now=OPENS)
        await tx.execute(SIBLING, about)
        teacher = await tx.scalar(
            HOMEROOM, {"school_id": filled.primary, "grade": 1, "class_name": family.class_name}
        )
        with pytest.raises(NotOwnHomeroom):
            await Office(tx, filled, policy, Clerk(teacher, officer=False)).record(family, wishes, now=OPENS)
        await office.record(family, wishes, now=OPENS)
        kept = (await tx.execute(text("SELECT child_id, linked_id, link FROM wish_list"))).all()
        assert {row.child_id for row in kept} == {family.child_id, sibling.child_id}
        assert len({row.linked_id for row in kept}) == 1
        assert {row.link for row in kept} == {"same_day"}


async def test_a_collector_is_named_at_the_counter_or_on_paper_and_never_by_telephone(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family = (await families(tx, filled.primary, 1))[0]
        named: dict[str, Any] = {
            "name": "王大山", "relation": "爷爷", "phone": "13900007777", "born_year": 1958, "weekdays": [1, 3],
            "valid_from": NOON.date(), "valid_until": NOON.date() + timedelta(days=30),
        }  # fmt: skip
        with pytest.raises(CollectorByTelephone):
            await office.record(family, act("name_collector", **named))
        with pytest.raises(PhoneInvalid):
            await office.record(family, act("name_collector", **named | {"phone": "12"}), how="paper")
        await office.record(family, act("name_collector", **named), how="in_person")
        collector = (
            await tx.execute(
                text("SELECT child_id, named_by FROM collector WHERE name = '王大山' AND NOT removed")
            )
        ).one()
        assert tuple(collector) == (family.child_id, family.guardian_id)
        (kept,) = await own_requests(tx, {filled.primary: family.guardian_id})
        assert kept["act"]["phone"] == "139****7777"


async def test_a_guardian_sees_what_was_done_in_the_own_name_and_nothing_else(
    filled: Schools, at: RolledBack, families: Any, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        office = Office(tx, filled, policy)
        family, other = (await families(tx, filled.primary, 1))[:2]
        await office.record(family, act("care", weekdays=[1]))
        assert await own_requests(tx, {filled.primary: other.guardian_id}) == []
        assert len(await own_requests(tx, {filled.primary: family.guardian_id})) == 1


def test_an_act_says_only_what_belongs_to_it() -> None:
    for strange in ({"do": "claim"}, {"do": "rob"}, {"do": "care", "weekdays": [8]}):
        with pytest.raises(ValueError, match="validation error"):
            ACT.validate_python(strange)
    with pytest.raises(ValueError, match="Extra inputs"):
        act("care", weekdays=[1], offering_id=str(new_id()))
