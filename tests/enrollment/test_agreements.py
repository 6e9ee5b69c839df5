"""The agreement over time: its versions, the proof of who signed, and reminders that do not pester (R29)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import AgreementDue
from services.enrollment.agreements.errors import AgreementChanged, RemindedToday, SignatureNotOnPaper
from services.enrollment.agreements.issue_agreement import hash_of, issue_agreement
from services.enrollment.agreements.remind_by_rhythm import REMIND, TIMERS, next_reminder, soon_remind
from services.enrollment.agreements.remind_unsigned import remind_unsigned
from services.enrollment.agreements.sign_agreement import Signing, sign_agreement
from services.enrollment.agreements.signatures_on_file import signatures_on_file
from services.enrollment.agreements.tables import AgreementText
from services.enrollment.policy import Policy
from services.enrollment.requests.acts import Act
from services.enrollment.requests.record_request import Asked, Clerk, record_request
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from services.kernel.timers import Due
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.door import Door, open_door

ACT: TypeAdapter[Any] = TypeAdapter(Act)
TOLD = text("SELECT letters FROM outgoing WHERE reader = 'notifications' ORDER BY batch_id")


async def issued(tx: AsyncSession, filled: Schools, body: str = "双方责任……") -> AgreementText:
    officer = filled.officers["S001"]
    return await issue_agreement(tx, filled.primary, title="安全协议", body=body, by=officer, now=NOON)


async def in_care(tx: AsyncSession, filled: Schools, *families: Family) -> None:
    for family in families:
        wish = [CareAsked(family.child_id)]
        await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)


async def sign(
    tx: AsyncSession, filled: Schools, family: Family, in_force: AgreementText, **more: Any
) -> None:
    signing = Signing(family.guardian_id, [family.child_id], in_force.number, in_force.sha256, **more)
    await sign_agreement(tx, filled.primary, signing, now=NOON)


async def due_in(tx: AsyncSession) -> list[AgreementDue]:
    """What the reminders of this transaction tell."""
    letters = [letter for batch in (await tx.scalars(TOLD)) for letter in batch]
    kind = AgreementDue.model_fields["kind"].default
    return [AgreementDue.model_validate(one["body"]) for one in letters if one["kind"] == kind]


async def test_guardians_who_may_sign_are_reminded_of_unsigned_children_in_care(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        signed, unsigned, nobody, elsewhere, *_ = await families(tx, filled.primary, 1, "1班")
        in_force = await issued(tx, filled)
        await in_care(tx, filled, signed, unsigned, nobody)
        await sign(tx, filled, signed, in_force)
        await tx.execute(
            text("UPDATE guardianship SET may_sign = false WHERE child_id = :id"), {"id": nobody.child_id}
        )
        told = await remind_unsigned(tx, filled.primary, by=filled.officers["S001"], now=NOON)
        assert (told.number, told.children, told.nobody_may_sign) == (1, 1, [nobody.child_id])
        (due,) = await due_in(tx)
        assert due.child_id == unsigned.child_id
        assert unsigned.guardian_id in due.guardians
        assert elsewhere.child_id != due.child_id


async def test_a_school_reminds_once_a_day_and_a_reminder_for_nobody_does_not_count(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await issued(tx, filled)
        assert (await remind_unsigned(tx, filled.primary, now=NOON)).children == 0
        await in_care(tx, filled, family)
        await remind_unsigned(tx, filled.primary, now=NOON)
        with pytest.raises(RemindedToday):
            await remind_unsigned(tx, filled.primary, now=NOON + timedelta(hours=3))
        await remind_unsigned(tx, filled.primary, now=NOON + timedelta(days=1))
        assert len({due.reminder_id for due in await due_in(tx)}) == 2


async def test_the_platform_reminds_at_once_and_on_the_days_3_7_and_14(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await in_care(tx, filled, family)
        in_force = await issued(tx, filled)
        await soon_remind(tx, in_force)
        reminded: list[datetime] = []
        while due := (
            await tx.execute(text("DELETE FROM timer WHERE kind = :k RETURNING *"), {"k": REMIND})
        ).first():
            reminded.append(due.due_at)
            await TIMERS[REMIND](
                tx, Due(filled.primary, REMIND, filled.primary, due.due_at, {}), now=due.due_at
            )
        days = [(instant - NOON).days for instant in reminded]
        assert days == [0, 3, 7, 14]
        assert len(await due_in(tx)) == 4


async def test_whoever_signed_is_not_reminded_and_a_newer_text_is_to_be_signed_again(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await in_care(tx, filled, family)
        await sign(tx, filled, family, await issued(tx, filled))
        assert (await remind_unsigned(tx, filled.primary, now=NOON)).children == 0
        await issued(tx, filled, "新的责任……")
        assert (await remind_unsigned(tx, filled.primary, now=NOON)).children == 1


def test_the_rhythm_ends_after_two_weeks() -> None:
    assert next_reminder(NOON, after=NOON + timedelta(days=15)) is None


async def test_each_side_keeps_its_proof_also_of_what_was_signed_on_paper(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        by_phone, on_paper, *_ = await families(tx, filled.primary, 1, "1班")
        first = await issued(tx, filled)
        device, request = new_id(), new_id()
        await sign(tx, filled, by_phone, first, device_id=device)
        await sign(tx, filled, on_paper, first, request_id=request)
        await issued(tx, filled, "新的责任……")
        own = await signatures_on_file(tx, filled.primary, guardian_id=by_phone.guardian_id)
        assert [(row["side"], row["number"], row["device_id"]) for row in own] == [
            ("school", 1, None),
            ("guardian", 1, device),
        ]
        assert {row["sha256"] for row in own} == {hash_of("安全协议", "双方责任……")}
        assert all(row["unchanged"] for row in own)
        paper = await signatures_on_file(tx, filled.primary, child_id=on_paper.child_id)
        assert [(row["side"], row["request_id"]) for row in paper] == [
            ("school", None),
            ("guardian", request),
        ]


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    clock.set(NOON)
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def test_a_family_reads_the_versions_and_its_own_signatures_and_nobody_elses(door: Door) -> None:
    mine, other, *_ = await door.families()
    school = str(door.schools.primary)
    text_in = {"school_id": school, "title": "安全协议", "body": "双方责任……"}
    assert (await door.http.post("/agreements", json=text_in, headers=door.officer)).status_code == 201
    shown = (
        await door.http.get("/agreements", params={"school_id": school}, headers=door.guardian(mine))
    ).json()
    signing = {"school_id": school, "number": 1, "sha256": shown["sha256"], "child_ids": [str(mine.child_id)]}
    signed = await door.http.post("/agreements/signatures", json=signing, headers=door.guardian(mine))
    assert signed.status_code == 201
    own = {"school_id": school}
    versions = (await door.http.get("/agreements/versions", params=own, headers=door.guardian(mine))).json()[
        "versions"
    ]
    assert [(one["number"], one["children"]) for one in versions] == [(1, 1)]
    first = await door.http.get("/agreements/versions/1", params=own, headers=door.guardian(other))
    assert first.json()["body"] == "双方责任……"
    missing = await door.http.get("/agreements/versions/9", params=own, headers=door.guardian(other))
    assert missing.status_code == 404
    for family, sides in ((mine, ["school", "guardian"]), (other, [])):
        told = await door.http.get("/agreements/signatures", params=own, headers=door.guardian(family))
        assert [one["side"] for one in told.json()["signatures"]] == sides
    path = f"/agreements/children/{mine.child_id}/signatures"
    assert (await door.http.get(path, params=own, headers=door.guardian(mine))).status_code == 403
    proof = (await door.http.get(path, params=own, headers=door.officer)).json()["signatures"]
    assert [one["side"] for one in proof] == ["school", "guardian"]


async def test_an_officer_sees_the_unsigned_by_class_and_reminds_once(door: Door) -> None:
    school = str(door.schools.primary)
    text_in = {"school_id": school, "title": "安全协议", "body": "双方责任……"}
    await door.http.post("/agreements", json=text_in, headers=door.officer)
    first, second, *_ = await door.families()
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        await in_care(tx, door.schools, first, second)
    shown = await door.http.get("/agreements/unsigned", params={"school_id": school}, headers=door.officer)
    assert shown.json()["classes"] == [{"grade": 1, "class_name": "1班", "in_care": 2, "unsigned": 2}]
    reminded = [
        await door.http.post("/agreements/reminders", json={"school_id": school}, headers=headers)
        for headers in (door.officer, door.officer, door.guardian(first))
    ]
    assert [one.status_code for one in reminded] == [201, 409, 403]
    assert reminded[0].json() == {"number": 1, "children": 2, "nobody_may_sign": []}
    assert reminded[1].json()["type"].endswith("reminded-today")


async def test_what_was_signed_on_paper_is_recorded_with_the_request_and_nothing_is_signed_by_telephone(
    filled: Schools, at: RolledBack, families: Any, policy: Policy, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await issued(tx, filled)
        act = ACT.validate_python({"do": "sign_agreement", "number": 1})
        clerk = Clerk(filled.officers["S001"], officer=True)

        async def record(how: str) -> UUID:
            asked = Asked(family.child_id, family.guardian_id, how, "家长交来签好的协议", act)
            async with tx.begin_nested():
                return await record_request(
                    tx, filled.primary, asked, clerk, policy=policy, cipher=cipher, now=NOON
                )

        with pytest.raises(SignatureNotOnPaper):
            await record("phone")
        request_id = await record("paper")
        school, guardian = await signatures_on_file(tx, filled.primary, child_id=family.child_id)
        assert (school["side"], guardian["request_id"]) == ("school", request_id)
        assert guardian["device_id"] is None
        await issued(tx, filled, "新的责任……")
        with pytest.raises(AgreementChanged):
            await record("paper")
