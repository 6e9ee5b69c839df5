"""Logging in with WeChat and choosing whom to be, against the real enrollment and the WeChat stand-in."""

import asyncio

import pytest

from services.contracts.facts.gateway import BoundPerson
from services.gateway.identity.errors import ConsentMissing, PersonaNotHeld, TooManyAttempts
from services.gateway.identity.limit_attempts import AttemptLimits
from services.gateway.identity.rules.hats import hats_of
from services.gateway.settings import DoorSettings
from services.kernel.ids import new_id
from services.kernel.unable import Unable
from tests.gateway.living_server import dead_address
from tests.gateway.town import Town, named_by, slug

TEACHER = "teacher"
BOTH = frozenset({"account", "children"})


async def test_somebody_new_is_a_guest_who_may_act_for_nobody(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    assert (session["persona"], session["personas"], session["phone_bound"]) == ("guest", [], False)
    who = named_by(town, session)
    assert (who.persona, who.people) == ("guest", {})


async def test_the_same_wechat_user_is_the_same_account(town: Town) -> None:
    phone = town.fresh_phone()
    first, second = await asyncio.gather(town.log_in(phone), town.log_in(phone))
    third = await town.log_in(phone)
    assert first["account_id"] == second["account_id"] == third["account_id"]


async def test_a_code_is_good_once_and_a_wrong_one_is_refused_in_chinese(town: Town) -> None:
    code = await town.wechat.login_code(await town.wechat.person(town.fresh_phone()))
    answers = [await town.ask("POST", "sessions/wechat", json={"code": code}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 401]
    assert slug(answers[1]) == "login-code-refused"
    assert answers[1].json()["detail"].startswith("登录没有成功")


async def test_an_address_that_keeps_failing_is_shut_out_for_a_while(town: Town) -> None:
    async with town.another_door(door={"failed_logins_per_address_an_hour": 2}) as door:
        answers = [await door.ask("POST", "sessions/wechat", json={"code": "guess"}) for _ in range(3)]
        honest = await door.log_in_answer(town.fresh_phone())
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert slug(answers[2]) == "too-many-attempts"
    assert 0 < int(answers[2].headers["retry-after"]) <= 3600
    assert honest.status_code == 429


async def test_a_flood_of_log_ins_from_one_address_is_slowed(town: Town) -> None:
    async with town.another_door(door={"logins_per_address_a_minute": 1}) as door:
        answers = [await door.log_in_answer(town.fresh_phone()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]


@pytest.mark.parametrize("url", ["nonsense", "redis//missing-colon", "mysql://127.0.0.1"])
def test_an_unusable_address_for_shared_limits_is_said_in_one_sentence(url: str) -> None:
    with pytest.raises(Unable, match="KEHOU_REDIS_URL"):
        AttemptLimits(DoorSettings(), url)


async def test_without_the_shared_count_each_gateway_counts_for_itself() -> None:
    nobody = dead_address().replace("http", "redis")
    limits = AttemptLimits(DoorSettings(attempts_per_account_an_hour=1), f"{nobody}/0")
    await limits.attempt("phone", "somebody")
    with pytest.raises(TooManyAttempts):
        await limits.attempt("phone", "somebody")


async def test_wechat_away_is_a_503_and_no_account_is_made(town: Town) -> None:
    code = await town.wechat.login_code(await town.wechat.person(town.fresh_phone()))
    await town.wechat.fault("login", "code", code=-1)
    answer = await town.ask("POST", "sessions/wechat", json={"code": code})
    assert answer.status_code == 503
    assert slug(answer) == "wechat-silent"


async def test_a_guardian_of_two_schools_acts_for_both_at_once(town: Town) -> None:
    phone = town.fresh_phone()
    first, second = [await town.add_guardian(code, phone) for code in ("S001", "S002")]
    session = await town.move_in(phone)
    guardian = (await town.refresh(session, persona="guardian")).json()
    assert named_by(town, guardian).people == {town.schools["S001"]: first, town.schools["S002"]: second}
    children = await town.ask("GET", "children", guardian["access_token"])
    assert {child["school"] for child in children.json()["children"]} == {"S001 小学", "S002 小学"}


async def test_whoever_comes_back_with_one_persona_has_it_at_once(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    await town.move_in(phone)
    session = await town.log_in(phone)
    assert (session["persona"], session["phone_bound"]) == ("guardian", True)


async def test_a_teacher_who_is_also_a_parent_chooses_one_persona_a_token(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S002", phone)
    staff_id = await town.add_staff("S001", phone, TEACHER, "duty_leader")
    session = await town.move_in(phone)
    offered = await town.log_in(phone)
    assert offered["persona"] == "guest"
    assert [one["persona"] for one in offered["personas"]] == ["guardian", "duty_leader", "teacher"]
    teacher = (await town.refresh(session, persona=TEACHER)).json()
    assert named_by(town, teacher).people == {town.schools["S001"]: staff_id}
    parent = (await town.refresh(teacher, persona="guardian")).json()
    assert set(named_by(town, parent).people) == {town.schools["S002"]}


async def test_somebody_who_teaches_at_two_schools_names_the_school(town: Town) -> None:
    phone = town.fresh_phone()
    for code in ("S001", "S002"):
        await town.add_staff(code, phone, TEACHER)
    session = await town.move_in(phone)
    unclear = await town.refresh(session, persona=TEACHER)
    assert slug(unclear) == "persona-not-held"
    second = str(town.schools["S002"])
    teacher = await town.refresh(session, persona=TEACHER, school_id=second)
    assert [person["school_id"] for person in teacher.json()["people"]] == [second]


def test_a_hat_is_one_persona_with_its_people() -> None:
    school, other, person = new_id(), new_id(), new_id()
    people = [
        BoundPerson(school_id=school, person_id=person, persona="guardian"),
        BoundPerson(school_id=other, person_id=person, persona="guardian"),
        BoundPerson(school_id=school, person_id=person, persona=TEACHER),
    ]
    wardrobe = hats_of(people, BOTH)
    assert [(hat.persona, len(hat.people)) for hat in wardrobe.hats] == [("guardian", 2), (TEACHER, 1)]
    assert wardrobe.choose("guardian", None).school_id is None
    assert wardrobe.choose(TEACHER, school).school_id == school
    assert wardrobe.only().persona == "guest"
    with pytest.raises(PersonaNotHeld):
        wardrobe.choose(TEACHER, other)
    with pytest.raises(ConsentMissing):
        hats_of(people, frozenset()).choose("guardian", None)
