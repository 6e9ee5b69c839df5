"""Nothing without consent, nothing after its withdrawal, and nothing in clear."""

import hashlib
from uuid import UUID

import pytest
from sqlalchemy import text

from services.gateway.identity.consent_texts import VERSIONS, consent_texts
from services.gateway.settings import DoorSettings
from tests.architecture.source_tree import ROOT
from tests.gateway.town import Town, slug

TEACHER = "teacher"

SHOWN = {("account", "2026-11"): "40a978ce7dd699bb", ("children", "2026-11"): "5ded0d67226f502a"}
"""What people were shown under which version."""


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


def test_a_changed_text_is_a_new_version() -> None:
    """Whoever edits a text gives it a new version in `VERSIONS`, and both to this list."""
    texts = ROOT / "services/gateway/identity/texts"
    for purpose, version in VERSIONS.items():
        digest = hashlib.sha256((texts / f"{purpose}.md").read_bytes()).hexdigest()[:16]
        assert SHOWN[purpose, version] == digest


def test_the_texts_say_what_the_law_asks() -> None:
    texts = {text.purpose: text.text for text in consent_texts(DoorSettings())}
    for word in ("单独同意", "十四周岁", "拒绝|不同意", "保存", "撤回", "投诉", "负责"):
        assert any(part in texts["children"] for part in word.split("|")), word
    for word in ("手机号", "openid", "不同意", "撤回", "投诉", "保存"):
        assert word in texts["account"], word
