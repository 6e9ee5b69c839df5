"""From facts to messages: who is told what, once, and nothing that is no longer true."""

from datetime import time, timedelta

from services.contracts.facts.enrollment import CareGroupOpened
from services.kernel.ids import new_id
from services.notifications.directory.copy_roster import copy_roster
from tests.notifications.small_school import SmallSchool


async def test_both_parents_read_that_their_child_was_received(school: SmallSchool) -> None:
    await school.hear(school.received(school.ming), school.received(school.hong))
    told = await school.told()
    assert [(row["name"], row["state"], row["channel"]) for row in told] == [
        ("周敏", "settled", "inapp"),
        ("王建国", "settled", "inapp"),
        ("陈静", "settled", "inapp"),
    ]
    assert told[2]["body"] == "王小明已于15:30到达课后服务，由李芳老师接收，地点：三楼301教室。"
    assert await school.attempts() == [("inapp", "accepted", "no-openid")] * 3


async def test_a_fact_that_comes_twice_is_told_once(school: SmallSchool) -> None:
    fact = school.received(school.hong)
    assert (await school.hear(fact)).accepted == 1
    await school.hear(fact)
    await school.hear(fact, fact)
    assert len(await school.told()) == 1


async def test_a_guardian_who_is_not_to_be_told_is_not(school: SmallSchool) -> None:
    again = school.page(
        since=1,
        version=2,
        guardianships=[school.guardianship(school.ming, school.father, "父亲", 2, is_told=False)],
    )
    async with school.database.transaction([school.school_id]) as tx:
        await copy_roster(tx, again, school.cipher)
    await school.hear(school.received(school.ming))
    assert [row["name"] for row in await school.told()] == ["陈静"]


async def test_a_child_without_a_guardian_is_no_silence_but_a_row(school: SmallSchool) -> None:
    await school.hear(school.missing(school.qiang, new_id()), school.received(new_id()))
    rows = await school.rows("SELECT kind, reason FROM unaddressed ORDER BY kind")
    assert rows == [
        {"kind": "attendance.child-missing.v1", "reason": "no-guardian"},
        {"kind": "attendance.child-received.v1", "reason": "unknown-child"},
    ]
    jobs = await school.rows("SELECT entrypoint FROM pgqueuer")
    assert jobs == [{"entrypoint": "pull_roster"}]


async def test_the_ladder_says_whom_a_late_step_concerns(school: SmallSchool) -> None:
    case = new_id()
    await school.hear(
        school.late(school.ming, case, school.mother),
        school.late(school.ming, case, school.mother, school.father, step_no=2, urgent=True, minutes_late=30),
        school.late(
            school.ming, case, school.teacher, step_no=3, audience="duty", urgent=True, minutes_late=45
        ),
    )
    told = [(row["kind"], row["step_no"], row["name"]) for row in await school.told()]
    assert sorted(told) == [
        ("late", 1, "陈静"),
        ("late", 2, "王建国"),
        ("late", 2, "陈静"),
        ("late_staff", 3, "李芳"),
    ]


async def test_a_step_to_somebody_unknown_still_reaches_the_others_and_is_a_row(school: SmallSchool) -> None:
    await school.hear(school.late(school.ming, new_id(), school.mother, new_id()))
    assert [row["name"] for row in await school.told()] == ["陈静"]
    assert await school.rows("SELECT reason FROM unaddressed") == [{"reason": "unknown-recipient"}]


async def test_only_alarming_refusals_are_told_and_leaders_hear_of_them(school: SmallSchool) -> None:
    await school.hear(school.refused(school.hong), school.refused(school.hong, alarming=False))
    told = [(row["kind"], row["name"], row["body"]) for row in await school.told()]
    assert sorted(told) == [
        (
            "release_refused",
            "周敏",
            "15:30有人要接走李红，因此人在禁止接送名单上，老师没有放行，孩子仍由老师照看。如有疑问，请立即联系老师。",
        ),
        (
            "release_refused_staff",
            "赵刚",
            "15:30有人要接走李红被拒绝：此人在禁止接送名单上。请到接送点查看。",
        ),
    ]


async def test_the_schools_staff_hears_once_of_a_further_care_group_and_what_it_lacks(
    school: SmallSchool,
) -> None:
    fact = CareGroupOpened(
        school_id=school.school_id,
        at=school.clock.now(),
        offering_id=school.ball,
        grades=(1,),
        weekdays=(1, 3),
        children=2,
        starts=time(16, 30),
        ends=time(17, 30),
        lacks=("teacher", "room"),
        staff=(school.teacher, school.leader),
    )
    await school.hear(fact)
    await school.hear(fact)
    told = await school.told("care_group_opened")
    assert [row["name"] for row in told] == ["李芳", "赵刚"]
    assert "一年级" in told[0]["body"]
    assert "周一、周三 16:30—17:30" in told[0]["body"]
    assert "2名学生" in told[0]["body"]
    assert "还没有老师和场地" in told[0]["body"]


async def test_whoever_fetched_the_child_is_named(school: SmallSchool) -> None:
    await school.hear(
        school.released(school.ming, school.grandfather),
        school.released(school.hong, school.hongs_mother),
        school.released(school.hong, manner="self"),
        school.released(school.hong, manner="dormitory"),
    )
    assert {row["body"] for row in await school.told()} == {
        "王小明已于15:30由王大山（爷爷）接走。",
        "李红已于15:30由周敏（母亲）接走。",
        "李红已于15:30按约定自行离校。",
        "李红已于15:30回到宿舍，由宿管老师照看。",
    }


async def test_a_found_child_is_not_reported_missing(school: SmallSchool) -> None:
    case = new_id()
    await school.hear(school.missing(school.hong, case))
    await school.hear(school.cleared(school.hong, case))
    told = await school.told()
    assert [(row["kind"], row["outcome"]) for row in told] == [("missing", "withheld")]


async def test_whoever_was_told_that_a_child_is_missing_is_told_that_it_is_found(school: SmallSchool) -> None:
    case = new_id()
    await school.hear(school.missing(school.hong, case))
    await school.rows("UPDATE message SET state = 'settled', outcome = 'delivered', tries = 1 RETURNING kind")
    await school.hear(school.cleared(school.hong, case))
    (cleared,) = await school.told("missing_cleared")
    assert cleared["body"] == "李红未到课后服务的情况，老师已于15:30核实：孩子已由家人接回或已回家。"


async def test_letters_that_cross_on_the_way_do_not_alarm_anybody(school: SmallSchool) -> None:
    case = new_id()
    await school.hear(school.cleared(school.hong, case))
    await school.hear(school.missing(school.hong, case))
    now = school.clock.now()
    await school.hear(school.released(school.ming, at=now + timedelta(minutes=1)))
    await school.hear(school.late(school.ming, new_id(), school.mother))
    outcomes = [(row["kind"], row["outcome"]) for row in await school.told() if row["kind"] != "released"]
    assert outcomes == [("missing", "withheld"), ("late", "withheld")]


async def test_a_late_message_still_waiting_is_withheld_when_the_child_goes_home(school: SmallSchool) -> None:
    await school.hear(school.late(school.ming, new_id(), school.mother))
    await school.hear(school.released(school.ming, school.father))
    (late,) = await school.told("late")
    assert late["outcome"] == "withheld"


async def test_walks_between_rooms_are_told_only_where_the_school_wishes_it(school: SmallSchool) -> None:
    await school.hear(school.moved(school.hong))
    assert await school.told() == []
    await school.rows("UPDATE school SET tells_moves = true RETURNING name")
    await school.hear(school.moved(school.hong))
    (moved,) = await school.told()
    assert moved["body"] == "李红已于15:30到三楼301教室，由李芳老师接着照看。"


async def test_one_bad_letter_does_not_take_the_others_with_it(school: SmallSchool) -> None:
    stranger = SmallSchool(school.database, school.clock, school.cipher)
    await school.hear(stranger.received(stranger.ming), school.received(school.hong))
    assert len(await school.told()) == 1
