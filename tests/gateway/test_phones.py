"""Binding a phone, and what it opens: invitations, requests, and what neighbours hear of it."""

from services.kernel.ids import new_id
from services.kernel.tokens import INTERNAL, Identity
from tests.gateway.town import Town, named_by, slug


async def test_neighbours_hear_of_an_account_only_when_something_changed(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    session = await town.move_in(phone)
    for _ in range(2):
        session = (await town.refresh(session)).json()
    facts = await town.announced(session["account_id"])
    assert [fact["kind"] for fact in facts] == ["gateway.account-bound.v1"]


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


async def test_with_the_refresh_token_the_session_goes_on_at_once(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    guest = await town.log_in(phone)
    await town.agree(guest["access_token"], "account", "children")
    code = await town.wechat.phone_code(await town.wechat.person(phone))
    body = {"code": code, "refresh_token": guest["refresh_token"]}
    answer = await town.ask("POST", "me/phone", guest["access_token"], json=body)
    assert answer.json()["persona"] == "guardian"
    assert (await town.refresh(answer.json())).status_code == 200
    assert (await town.refresh(guest)).status_code == 401
