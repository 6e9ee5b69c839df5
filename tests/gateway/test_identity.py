"""Logging in, agreeing, binding a phone, being somebody: against the real enrollment and the WeChat stand-in."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.contracts.facts.gateway import BoundPerson
from services.gateway.identity.consent_texts import consent_texts
from services.gateway.identity.errors import ConsentMissing, PersonaNotHeld
from services.gateway.identity.rules.hats import hats_of
from services.gateway.settings import DoorSettings
from services.kernel.ids import new_id
from services.kernel.tokens import INTERNAL, PUBLIC, Identity, load_verifier
from tests.gateway.living_server import dead_address
from tests.gateway.town import Town

TEACHER = "teacher"
BOTH = frozenset({"account", "children"})


def named_by(town: Town, session: dict[str, Any]) -> Identity:
    return load_verifier(town.keys.folder).identity(session["access_token"], audience=PUBLIC)


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


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


async def test_wechat_away_is_a_503_and_no_account_is_made(town: Town) -> None:
    code = await town.wechat.login_code(await town.wechat.person(town.fresh_phone()))
    await town.wechat.fault("login", "code", code=-1)
    answer = await town.ask("POST", "sessions/wechat", json={"code": code})
    assert answer.status_code == 503
    assert slug(answer) == "wechat-silent"


async def test_a_phone_is_not_bound_before_the_consent_is_recorded(town: Town) -> None:
    phone = town.fresh_phone()
    session = await town.log_in(phone)
    refused = await town.bind(session["access_token"], phone)
    assert refused.status_code == 409
    assert slug(refused) == "consent-missing"
    assert refused.json()["purpose"] == "account"
    await town.agree(session["access_token"], "account")
    assert (await town.bind(session["access_token"], phone)).status_code == 200


async def test_only_the_text_in_force_can_be_agreed_to(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    for body in ({"purpose": "account", "version": "1999"}, {"purpose": "advertising", "version": "2026-11"}):
        answer = await town.ask("POST", "me/consents", session["access_token"], json=body)
        assert answer.status_code == 404


async def test_agreeing_twice_is_agreeing_once(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    await town.agree(session["access_token"], "account")
    await town.agree(session["access_token"], "account")
    me = (await town.ask("GET", "me", session["access_token"])).json()
    assert [(one["purpose"], one["given"]) for one in me["consents"]] == [("account", True)]
    async with town.gateway_db.transaction() as tx:
        rows = text("SELECT count(*) FROM consent WHERE account_id = :id")
        assert await tx.scalar(rows, {"id": UUID(session["account_id"])}) == 1


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


async def test_a_refused_wish_does_not_use_the_refresh_token_up(town: Town) -> None:
    session = await town.move_in(town.fresh_phone())
    assert (await town.refresh(session, persona="principal")).status_code == 403
    assert (await town.refresh(session)).status_code == 200


async def test_childrens_data_needs_a_consent_of_its_own(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    session = await town.move_in(phone, "account")
    assert await town.announced(session["account_id"]) == []
    refused = await town.refresh(session, persona="guardian")
    assert (slug(refused), refused.json()["purpose"]) == ("consent-missing", "children")
    await town.agree(session["access_token"], "children")
    assert [len(fact["people"]) for fact in await town.announced(session["account_id"])] == [1]
    assert (await town.refresh(session)).json()["persona"] == "guardian"


async def test_a_teacher_needs_no_consent_for_children(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_staff("S001", phone, TEACHER)
    session = await town.move_in(phone, "account")
    assert (await town.refresh(session)).json()["persona"] == TEACHER


async def test_a_right_that_ended_is_gone_at_the_next_refresh(town: Town) -> None:
    phone = town.fresh_phone()
    staff_id = await town.add_staff("S001", phone, TEACHER)
    session = (await town.refresh(await town.move_in(phone))).json()
    await town.remove_staff("S001", staff_id)
    asked = await town.refresh(session, persona=TEACHER)
    assert asked.status_code == 403
    after = (await town.refresh(session)).json()
    assert (after["persona"], after["people"]) == ("guest", [])
    facts = await town.announced(session["account_id"])
    assert [len(fact["people"]) for fact in facts] == [1, 0]
    assert facts[1]["left_school_ids"] == [str(town.schools["S001"])]


async def test_while_enrollment_is_away_its_last_answer_holds_for_hours_not_for_days(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_staff("S001", phone, TEACHER)
    session = (await town.refresh(await town.move_in(phone))).json()
    async with town.another_door(enrollment_url=dead_address()) as cut_off:
        believed = await cut_off.refresh(session)
        assert (believed.status_code, believed.json()["persona"]) == (200, TEACHER)
        async with town.gateway_db.transaction() as tx:
            long_ago = text("UPDATE account SET people_confirmed_at = now() - interval '13 hours'")
            await tx.execute(long_ago)
        doubted = await cut_off.refresh(believed.json())
    assert (doubted.status_code, slug(doubted)) == (503, "neighbour-silent")
    again = await town.refresh(believed.json())
    assert again.json()["persona"] == TEACHER


async def test_neighbours_hear_of_an_account_only_when_something_changed(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    session = await town.move_in(phone)
    for _ in range(2):
        session = (await town.refresh(session)).json()
    facts = await town.announced(session["account_id"])
    assert [fact["kind"] for fact in facts] == ["gateway.account-bound.v1"]


async def test_a_refresh_token_that_comes_twice_ends_the_session(town: Town) -> None:
    session = await town.move_in(town.fresh_phone())
    successor = (await town.refresh(session)).json()
    stolen = await town.refresh(session)
    assert (stolen.status_code, slug(stolen)) == (401, "refresh-token-reused")
    honest = await town.refresh(successor)
    assert (honest.status_code, slug(honest)) == (401, "session-ended")


async def test_of_two_uses_at_once_one_wins_and_the_session_ends(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    answers = await asyncio.gather(town.refresh(session), town.refresh(session))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_another_session_of_the_account_outlives_a_theft(town: Town) -> None:
    phone = town.fresh_phone()
    stolen, other = await town.log_in(phone), await town.log_in(phone)
    await town.refresh(stolen)
    await town.refresh(stolen)
    assert (await town.refresh(other)).status_code == 200


async def test_a_refresh_token_is_kept_as_a_hash_and_ends_unused(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    async with town.gateway_db.transaction() as tx:
        rows = (await tx.execute(text("SELECT token_hash FROM refresh_token"))).scalars().all()
        assert session["refresh_token"].encode() not in rows
        await tx.execute(
            text(
                "UPDATE refresh_token SET ends_at = now() WHERE family_id ="
                " (SELECT family_id FROM token_family WHERE account_id = :id)"
            ),
            {"id": UUID(session["account_id"])},
        )
    assert slug(await town.refresh(session)) == "session-ended"


async def test_an_invented_refresh_token_is_unknown(town: Town) -> None:
    assert slug(await town.refresh({"refresh_token": "invented"})) == "session-unknown"


async def test_logging_out_ends_the_sessions_of_this_device_only(town: Town) -> None:
    phone = town.fresh_phone()
    here = await town.log_in(phone, device_id=str(new_id()))
    there = await town.log_in(phone, device_id=str(new_id()))
    assert (await town.ask("DELETE", "sessions/current", here["access_token"])).status_code == 204
    assert (await town.refresh(here)).status_code == 401
    assert (await town.refresh(there)).status_code == 200


async def test_the_last_one_to_prove_a_phone_has_it(town: Town) -> None:
    phone, other_phone = town.fresh_phone(), town.fresh_phone()
    await town.add_guardian("S001", phone)
    former = await town.move_in(phone)
    newer = await town.log_in(other_phone)
    await town.agree(newer["access_token"], "account", "children")
    # The second WeChat verifies the first one's number: a number that changed hands.
    assert (await town.bind(newer["access_token"], phone)).status_code == 200
    assert (await town.refresh(former)).status_code == 401
    assert (await town.log_in(phone))["phone_bound"] is False
    assert [len(fact["people"]) for fact in await town.announced(former["account_id"])] == [1, 0]
    assert "phone.taken-over" in await town.audited(former["account_id"])


async def test_a_phone_code_is_not_a_login_code(town: Town) -> None:
    openid = await town.wechat.person(town.fresh_phone())
    answer = await town.ask("POST", "sessions/wechat", json={"code": await town.wechat.phone_code(openid)})
    assert slug(answer) == "login-code-refused"
    session = await town.log_in(town.fresh_phone())
    await town.agree(session["access_token"], "account")
    code = await town.wechat.login_code(openid)
    answer = await town.ask("POST", "me/phone", session["access_token"], json={"code": code})
    assert (answer.status_code, slug(answer)) == (422, "phone-code-refused")


async def test_guessing_codes_has_an_end(town: Town) -> None:
    session = await town.move_in(town.fresh_phone())
    body = {"code": "AAAA-BBBB-CCCC", "name": "张三"}
    answers = [
        await town.ask("POST", "invitations/acceptance", session["access_token"], json=body) for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert slug(answers[0]) == "invitation-unknown"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600


async def test_the_first_officer_takes_up_an_invitation(town: Town) -> None:
    code = await town.invitation("S001")
    session = await town.log_in(town.fresh_phone())
    body = {"code": code, "name": "张管理"}
    early = await town.ask("POST", "invitations/acceptance", session["access_token"], json=body)
    assert (early.status_code, slug(early)) == (409, "phone-not-bound")
    session = await town.move_in(town.fresh_phone())
    taken = await town.ask("POST", "invitations/acceptance", session["access_token"], json=body)
    assert {one["persona"] for one in taken.json()["personas"]} == {"school_admin", "enrolment_officer"}
    officer = (await town.refresh(session, persona="enrolment_officer")).json()
    assert list(named_by(town, officer).people) == [town.schools["S001"]]
    again = await town.ask("POST", "invitations/acceptance", session["access_token"], json=body)
    assert slug(again) == "invitation-over"
    assert "invitation.accepted" in await town.audited(session["account_id"])


async def test_a_parent_who_is_not_on_file_asks_and_the_officer_approves(town: Town) -> None:
    known = town.fresh_phone()
    await town.add_guardian("S001", known)
    officer_phone = town.fresh_phone()
    await town.add_staff("S001", officer_phone, "enrolment_officer")
    officer = (await town.refresh(await town.move_in(officer_phone))).json()["access_token"]
    session = await town.move_in(town.fresh_phone())
    school = str(town.schools["S001"])
    body = {
        "request_id": str(new_id()),
        "school_id": school,
        "name": "李妈妈",
        "relation": "母亲",
        "child_name": "李小明",
    }
    path = "guardianship-requests"
    asked = [await town.ask("POST", path, session["access_token"], json=body) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 201]
    assert asked[1].json()["state"] == "open"
    found = await town.ask("GET", f"families/children?school_id={school}&q=李小明", officer)
    child_id = found.json()["children"][0]["child_id"]
    decided = await town.http.post(
        f"{town.url}/api/v1/approvals/guardianships/{body['request_id']}",
        headers={"Authorization": f"Bearer {officer}", "Idempotency-Key": str(new_id())},
        json={"school_id": school, "child_id": child_id},
    )
    assert decided.status_code == 200, decided.text
    assert (await town.refresh(session)).json()["persona"] == "guardian"


async def test_withdrawing_everything_leaves_no_phone_and_no_openid(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    session = await town.move_in(phone)
    gone = await town.ask("DELETE", "me/consents/account", session["access_token"])
    assert gone.json()["given"] is False
    assert (await town.refresh(session)).status_code == 401
    account = {"id": UUID(session["account_id"])}
    async with town.gateway_db.transaction() as tx:
        left = await tx.execute(
            text("SELECT phone_sealed, phone_index, people FROM account WHERE account_id = :id"), account
        )
        assert tuple(left.one()) == (None, None, [])
        keys = text("SELECT count(*) FROM identity_key WHERE account_id = :id")
        assert await tx.scalar(keys, account) == 0
    assert [len(fact["people"]) for fact in await town.announced(session["account_id"])] == [1, 0]
    assert (await town.log_in(phone))["account_id"] != session["account_id"]


async def test_withdrawing_the_childrens_consent_ends_the_guardian_only(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    session = await town.move_in(phone)
    await town.ask("DELETE", "me/consents/children", session["access_token"])
    back = await town.log_in(phone)
    assert (back["persona"], back["personas"][0]["needs_consents"]) == ("guest", ["children"])
    assert back["phone_bound"] is True


async def test_consents_and_audit_cannot_be_rewritten(town: Town) -> None:
    for statement in ("UPDATE consent SET given = true", "DELETE FROM consent", "DELETE FROM audit_entry"):
        with pytest.raises(Exception, match="permission denied"):
            async with town.gateway_db.transaction() as tx:
                await tx.execute(text(statement))


async def test_me_shows_what_is_kept_with_the_phone_masked(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_staff("S001", phone, TEACHER)
    session = (await town.refresh(await town.move_in(phone))).json()
    me = (await town.ask("GET", "me", session["access_token"])).json()
    assert me["phone"] == f"139****{phone[-4:]}"
    assert (me["persona"], len(me["people"])) == (TEACHER, 1)
    assert phone not in str(me)


async def test_phones_and_openids_are_nowhere_in_clear(town: Town) -> None:
    phone = town.fresh_phone()
    await town.move_in(phone)
    openid = await town.wechat.person(phone)
    async with town.gateway_db.transaction() as tx:
        for table in ("account", "identity_key", "audit_entry", "outgoing", "token_family"):
            rows = (await tx.execute(text(f"SELECT to_jsonb(t)::text FROM {table} AS t"))).scalars().all()  # noqa: S608
            assert not any(phone in row or openid in row for row in rows)


async def test_notifications_pulls_the_openid_with_a_service_token_only(town: Town) -> None:
    phone = town.fresh_phone()
    guardian_id = await town.add_guardian("S001", phone)
    session = await town.move_in(phone)
    address = f"{town.url}/internal/accounts/{session['account_id']}"
    token = town.keys.signers["notifications"].sign_service()
    entry = (await town.http.get(address, headers={"Authorization": f"Bearer {token}"})).json()
    assert entry["openid"] == await town.wechat.person(phone)
    assert [person["person_id"] for person in entry["people"]] == [str(guardian_id)]
    person = town.keys.token(Identity(account_id=new_id(), persona="operator"), audience=INTERNAL)
    for told in ("", person, f"Bearer {person}", f"Bearer {session['access_token']}"):
        assert (await town.http.get(address, headers={"Authorization": told})).status_code == 404


async def test_an_access_token_lives_ten_minutes(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    claims = load_verifier(town.keys.folder).verify(session["access_token"], audience=PUBLIC)
    assert session["expires_in_seconds"] == claims["exp"] - claims["iat"] == 600


def test_the_texts_say_what_the_law_asks() -> None:
    texts = {text.purpose: text.text for text in consent_texts(DoorSettings())}
    for word in ("单独同意", "十四周岁", "拒绝|不同意", "保存", "撤回", "投诉", "负责"):
        assert any(part in texts["children"] for part in word.split("|")), word
    for word in ("手机号", "openid", "不同意", "撤回", "投诉", "保存"):
        assert word in texts["account"], word


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
