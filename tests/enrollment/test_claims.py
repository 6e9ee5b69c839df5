"""What a claim is answered: rounds, classes, invitations, limits, waiting lists; and what follows from a place."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.tables import OfferingInvitation
from services.enrollment.roster.tell_roster import ARRANGE_CARE, TELL, on_tell_roster
from services.enrollment.rounds.tables import Round, RoundOffering
from services.enrollment.selection.arrange_due_care import on_arrange_care
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.care_lengths import care_lengths
from services.enrollment.selection.claim_places import Claim, Given, claim_places
from services.enrollment.selection.give_up_place import give_up_place
from services.enrollment.waiting.tables import WaitingEntry
from services.kernel.clock import at_school_time, school_day
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from services.kernel.timers import Due
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools

TODAY = school_day(NOON)
OPENS, CLOSES, RESULTS = (NOON + timedelta(hours=hours) for hours in (1, 2, 3))


async def offering_id(tx: AsyncSession, code: str) -> UUID:
    found: UUID = await tx.scalar(text("SELECT offering_id FROM offering WHERE code = :code"), {"code": code})
    return found


async def claim(
    tx: AsyncSession, school: UUID, code: str, *families: Family, now: datetime = NOON, **wanted: Any
) -> list[Given | Refusal]:
    offering = await offering_id(tx, code)
    claims = [Claim(family.child_id, family.guardian_id, offering, **wanted) for family in families]
    return await claim_places(tx, school, claims, now=now)


def told(answers: list[Given | Refusal]) -> list[str]:
    return [answer.slug() if isinstance(answer, Refusal) else "place" for answer in answers]


async def alter(tx: AsyncSession, code: str, what: str) -> None:
    await tx.execute(text(f"UPDATE offering SET {what} WHERE code = :code"), {"code": code})  # noqa: S608 - our own words


async def in_round(tx: AsyncSession, school: UUID, code: str, kind: str, **more: Any) -> UUID:
    round_id = new_id()
    term = await tx.scalar(text("SELECT term_id FROM offering WHERE code = :code"), {"code": code})
    told_of = {"visible_from": NOON, "opens_at": OPENS, "closes_at": CLOSES, "results_at": RESULTS}
    row = {
        "school_id": school,
        "round_id": round_id,
        "term_id": term,
        "kind": kind,
        "title": "选课",
        "most_clubs": 2,
        "announced_at": NOON,
        "announced_by": new_id(),
    }
    await tx.execute(insert(Round), [{**row, **told_of, **more}])
    chosen = {"school_id": school, "round_id": round_id, "offering_id": await offering_id(tx, code)}
    await tx.execute(insert(RoundOffering), [chosen])
    return round_id


@pytest.mark.parametrize(
    ("kind", "now", "slug"),
    [
        ("first_come", OPENS - timedelta(seconds=1), "round-not-open-yet"),
        ("first_come", OPENS, "place"),
        ("first_come", CLOSES, "round-closed-for-now"),
        ("first_come", RESULTS, "place"),
        ("preference", OPENS, "wishes-instead"),
        ("preference", RESULTS, "round-closed-for-now"),
    ],
)
async def test_a_round_says_when_its_offerings_can_be_claimed(
    kind: str, now: datetime, slug: str, filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await in_round(tx, filled.primary, "K055", kind)
        assert told(await claim(tx, filled.primary, "K055", family, now=now)) == [slug]


async def test_who_asked_before_the_close_is_not_refused_for_having_waited_in_line(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        early, late, hasty = (await families(tx, filled.primary, 1))[:3]
        await in_round(tx, filled.primary, "K055", "first_come")
        offering, second = await offering_id(tx, "K055"), timedelta(seconds=1)
        asked = [(early, CLOSES - second), (late, CLOSES), (hasty, OPENS - second)]
        claims = [
            Claim(one.child_id, one.guardian_id, offering, asked_at=asked_at) for one, asked_at in asked
        ]
        answers = await claim_places(tx, filled.primary, claims, now=CLOSES + second)
        assert told(answers) == ["place", "round-closed-for-now", "round-not-open-yet"]


async def test_a_child_has_no_more_clubs_a_week_than_the_round_allows(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await in_round(tx, filled.primary, "K057", "first_come", most_clubs=1, opens_at=NOON)
        assert told(await claim(tx, filled.primary, "K056", family)) == ["place"]
        assert told(await claim(tx, filled.primary, "K057", family)) == ["most-clubs-held"]


async def test_a_published_club_that_is_chosen_by_round_cannot_be_claimed_before_its_round(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await alter(tx, "K057", "by_round = true")
        assert told(await claim(tx, filled.primary, "K057", family)) == ["round-to-come"]
        assert told(await claim(tx, filled.primary, "K056", family)) == ["place"]
        await in_round(tx, filled.primary, "K057", "first_come", most_clubs=5, opens_at=NOON)
        assert told(await claim(tx, filled.primary, "K057", family)) == ["place"]


async def test_a_class_or_an_invitation_can_be_asked_for(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        (mine,) = (await families(tx, filled.primary, 1, "1班"))[:1]
        (other,) = (await families(tx, filled.primary, 1, "2班"))[:1]
        await alter(tx, "K055", "classes = ARRAY['一年级1班']")
        await alter(tx, "K058", "by_invitation = true")
        assert told(await claim(tx, filled.primary, "K055", mine, other)) == ["place", "not-for-this-class"]
        invited = {
            "school_id": filled.primary,
            "offering_id": await offering_id(tx, "K058"),
            "child_id": other.child_id,
            "invited_by": filled.officers["S001"],
            "invited_at": NOON,
        }
        await tx.execute(insert(OfferingInvitation), [invited])
        assert told(await claim(tx, filled.primary, "K058", mine, other)) == ["for-invited-only", "place"]


async def test_nobody_overtakes_who_waits(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        waits, comes = (await families(tx, filled.primary, 1))[:2]
        await tx.execute(
            insert(WaitingEntry),
            [
                {
                    "school_id": filled.primary,
                    "entry_id": new_id(),
                    "offering_id": await offering_id(tx, "K055"),
                    "child_id": waits.child_id,
                    "tier": 1,
                    "since": NOON,
                    "state": "waiting",
                    "asked_by": waits.guardian_id,
                }
            ],
        )
        (answer,) = await claim(tx, filled.primary, "K055", comes)
        assert told([answer]) == ["waiting-ahead"]
        assert isinstance(answer, Refusal)
        assert answer.facts["alternatives"]


async def test_a_whole_crowd_that_met_a_full_club_is_told_where_there_is_room(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    """Each child reads of clubs that it could have itself: none that clashes with what it holds."""
    async with at(filled.primary) as tx:
        first, busy, *others = (await families(tx, filled.primary, 1))[:20]
        await alter(tx, "K055", "capacity = 1")
        assert told(await claim(tx, filled.primary, "K057", busy)) == ["place"]
        answers = await claim(tx, filled.primary, "K055", first, *others)
        assert told(answers) == ["place"] + ["offering-full"] * len(others)
        for answer in answers[1:]:
            assert isinstance(answer, Refusal)
            assert answer.facts["alternatives"]
            assert answer.facts["alternatives"][0]["title"] in answer.sentence()
            assert "候补" in answer.sentence()
        assert told(await claim(tx, filled.primary, "K055", busy)) == ["child-busy"]


async def test_a_family_that_claims_twice_in_one_batch_gets_one_place(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        first, second = await claim(tx, filled.primary, "K055", family, family)
        assert isinstance(first, Given)
        assert isinstance(second, Refusal)
        assert (second.slug(), second.facts["place_id"]) == ("place-held", first.place_id)


async def test_nobody_hears_of_a_new_roster_before_care_has_made_room(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        wish = [CareAsked(family.child_id)]
        await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
        await tx.execute(text("DELETE FROM timer"))
        assert told(await claim(tx, filled.primary, "K058", family)) == ["place"]
        due = Due(filled.primary, TELL, filled.primary, NOON, {})
        letters = text("SELECT count(*) FROM outgoing WHERE letters::text LIKE '%roster-changed%'")
        before = await tx.scalar(letters)
        await on_tell_roster(tx, due, now=NOON)
        assert await tx.scalar(letters) == before
        await tx.execute(text("DELETE FROM timer WHERE kind = :kind"), {"kind": ARRANGE_CARE})
        await on_arrange_care(tx, due, now=NOON)
        assert await tx.scalar(letters) > before
        days = await tx.scalar(
            text(
                "SELECT p.weekdays FROM place p JOIN offering o USING (school_id, offering_id)"
                " WHERE p.child_id = :child AND o.code = 'K037' AND p.until_on IS NULL"
            ),
            {"child": family.child_id},
        )
        assert days == [2, 3, 5]


async def test_care_that_cannot_be_arranged_keeps_nobodys_news_back(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        stuck = "INSERT INTO timer (school_id, kind, subject, due_at, tries) VALUES (:school, :kind, :id, :now, 1)"
        facts = {"school": filled.primary, "kind": ARRANGE_CARE, "id": new_id(), "now": NOON}
        await tx.execute(text(stuck), facts)
        letters = text("SELECT count(*) FROM outgoing")
        before = await tx.scalar(letters)
        await on_tell_roster(tx, Due(filled.primary, TELL, filled.primary, NOON, {}), now=NOON)
        assert await tx.scalar(letters) > before


@pytest.mark.parametrize(
    ("hour", "ends_on"), [(time(17, 29), TODAY), (time(17, 30), TODAY + timedelta(days=1))]
)
async def test_who_leaves_during_the_session_leaves_with_the_day(
    hour: time, ends_on: Any, filled: Schools, at: RolledBack, families: Any
) -> None:
    """K058 meets on Mondays at 17:30; the child is in its teacher's custody then."""
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        (place,) = await claim(tx, filled.primary, "K058", family)
        assert isinstance(place, Given)
        now = at_school_time(TODAY, hour)
        ended = await give_up_place(
            tx, filled.primary, place.place_id, guardian_id=family.guardian_id, now=now
        )
        assert ended.until_on == ends_on


async def test_families_read_until_when_care_can_last(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        found = [dict(row) for row in await care_lengths(tx, filled.primary, on=TODAY)]
    assert [row["until"] for row in found if row["grade"] == 1] == [time(17, 30), time(18, 30)]
    assert all(row["weekdays"] == [1, 2, 3, 4, 5] for row in found if row["grade"] == 1)


async def test_a_place_of_next_term_begins_with_it(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(
            text("UPDATE term SET starts_on = :first WHERE school_id = :school"),
            {"first": TODAY + timedelta(days=14), "school": filled.primary},
        )
        (place,) = await claim(tx, filled.primary, "K055", family)
        assert isinstance(place, Given)
        assert place.from_on == TODAY + timedelta(days=14)
