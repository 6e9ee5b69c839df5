"""Who becomes a guardian, and who signed what."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.internal.enrollment import GuardianshipRequestIn
from services.enrollment.agreements.errors import AgreementChanged, NoAgreement, NoRightToSign
from services.enrollment.agreements.issue_agreement import hash_of, issue_agreement
from services.enrollment.agreements.sign_agreement import Signing, sign_agreement
from services.enrollment.agreements.unsigned_children import unsigned_children
from services.enrollment.families.block_person import Block, block_person
from services.enrollment.families.decide_guardianship import decide_guardianship
from services.enrollment.families.errors import (
    ChildNotNamed,
    ChildNotOnFile,
    PhoneInvalid,
    RequestDecided,
    TooManyOpenRequests,
    UnknownRequest,
)
from services.enrollment.families.find_children import find_children
from services.enrollment.families.own_children import own_children
from services.enrollment.families.request_guardianship import MOST_OPEN, request_guardianship
from services.enrollment.schools.people_by_phone import people_by_phone
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools

PHONE = "13700000009"


async def ask(
    tx: AsyncSession, filled: Schools, cipher: FieldCipher, phone: str = PHONE
) -> GuardianshipRequestIn:
    asked = GuardianshipRequestIn(
        request_id=new_id(),
        account_id=new_id(),
        school_id=filled.primary,
        name="凤 大伯",
        phone=phone,
        relation="大伯",
        child_name="凤乐汐",
        grade=1,
        class_name="1班",
    )
    await request_guardianship(tx, asked, cipher=cipher, now=NOON)
    return asked


async def test_an_approved_guardian_finds_the_child(
    filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        asked = await ask(tx, filled, cipher)
        assert await people_by_phone(tx, PHONE, cipher=cipher) == []
        await decide_guardianship(
            tx,
            filled.primary,
            asked.request_id,
            child_id=family.child_id,
            by=filled.officers["S001"],
            now=NOON,
        )
        (person,) = await people_by_phone(tx, PHONE, cipher=cipher)
        found = await own_children(tx, {filled.primary: person.person_id}, today=school_day(NOON))
        assert [child.row["child_id"] for child in found] == [family.child_id]
        rank = await tx.scalar(
            text("SELECT rank FROM guardianship WHERE guardian_id = :id"), {"id": person.person_id}
        )
        assert rank == 3


@pytest.mark.parametrize("known", [("凤大伯", None), ("别名", PHONE)])
async def test_who_is_kept_from_a_child_becomes_no_guardian_who_may_collect_it(
    known: tuple[str, str | None], filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        decided: Any = {"by": filled.officers["S001"], "now": NOON}
        block = Block(family.child_id, *known, "法院裁定", "（2026）潞01民初4号")
        await block_person(tx, filled.primary, block, cipher=cipher, **decided)
        asked = await ask(tx, filled, cipher)
        await decide_guardianship(tx, filled.primary, asked.request_id, child_id=family.child_id, **decided)
        (person,) = await people_by_phone(tx, PHONE, cipher=cipher)
        may = await tx.scalar(
            text("SELECT may_collect FROM guardianship WHERE guardian_id = :id"), {"id": person.person_id}
        )
        assert may is False


async def test_a_refused_request_opens_nothing(filled: Schools, at: RolledBack, cipher: FieldCipher) -> None:
    async with at(filled.primary) as tx:
        asked = await ask(tx, filled, cipher)
        decided: Any = {"by": filled.officers["S001"], "now": NOON}
        refused = await decide_guardianship(
            tx, filled.primary, asked.request_id, child_id=None, reason="与学籍不符", **decided
        )
        assert refused.state == "refused"
        assert await people_by_phone(tx, PHONE, cipher=cipher) == []
        with pytest.raises(RequestDecided):
            await decide_guardianship(tx, filled.primary, asked.request_id, child_id=new_id(), **decided)


async def test_a_decision_names_a_child_of_the_school_or_a_reason(
    filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        asked = await ask(tx, filled, cipher)
        foreign = (await families(tx, filled.junior, 7))[0].child_id
        decided: Any = {"by": filled.officers["S001"], "now": NOON}
        with pytest.raises(ChildNotNamed):
            await decide_guardianship(tx, filled.primary, asked.request_id, child_id=None, **decided)
        with pytest.raises(ChildNotOnFile):
            await decide_guardianship(tx, filled.primary, asked.request_id, child_id=foreign, **decided)
        with pytest.raises(UnknownRequest):
            await decide_guardianship(tx, filled.junior, asked.request_id, child_id=foreign, **decided)


async def test_the_same_request_twice_is_one(filled: Schools, at: RolledBack, cipher: FieldCipher) -> None:
    async with at(filled.primary) as tx:
        asked = await ask(tx, filled, cipher)
        await request_guardianship(tx, asked, cipher=cipher, now=NOON)
        assert await tx.scalar(text("SELECT count(*) FROM guardianship_request")) == 1
        with pytest.raises(PhoneInvalid):
            await ask(tx, filled, cipher, phone="123")


async def test_one_phone_does_not_fill_the_officers_list(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        asked = [await ask(tx, filled, cipher) for _ in range(MOST_OPEN)]
        with pytest.raises(TooManyOpenRequests):
            await ask(tx, filled, cipher)
        await request_guardianship(tx, asked[-1], cipher=cipher, now=NOON)
        await ask(tx, filled, cipher, phone="13999990001")
        await decide_guardianship(
            tx, filled.primary, asked[0].request_id, child_id=None, reason="不认识", by=new_id(), now=NOON
        )
        await ask(tx, filled, cipher)


async def test_a_guardian_of_two_schools_sees_the_children_of_both_and_no_others(
    filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        pair = (
            await tx.execute(
                text(
                    "SELECT a.guardian_id AS one, b.guardian_id AS other FROM guardian a"
                    " JOIN guardian b USING (phone_index) WHERE a.school_id = :one AND b.school_id = :other LIMIT 1"
                ),
                {"one": filled.primary, "other": filled.junior},
            )
        ).one()
        people = {filled.primary: pair.one, filled.junior: pair.other}
        found = await own_children(tx, people, today=school_day(NOON))
        assert {child.row["school_id"] for child in found} == {filled.primary, filled.junior}
        crossed = {filled.primary: pair.other, filled.junior: pair.one}
        assert await own_children(tx, crossed, today=school_day(NOON)) == []


@pytest.mark.parametrize("said", ["凤乐汐", "乐汐", "flx", "FLX", "fenglexi", "feng le xi", "20260101"])
async def test_a_child_is_found_by_characters_pinyin_initials_or_number(
    said: str, filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        found = await find_children(tx, filled.primary, said, grade=1, class_name="1班")
        assert "凤乐汐" in [row.name for row in found]


async def issued(tx: AsyncSession, filled: Schools, body: str = "双方责任……") -> Any:
    return await issue_agreement(
        tx, filled.primary, title="安全协议", body=body, by=filled.officers["S001"], now=NOON
    )


def signing(family: Family, text_in_force: Any) -> Signing:
    return Signing(family.guardian_id, [family.child_id], text_in_force.number, text_in_force.sha256)


async def test_both_sides_sign_one_version_with_its_hash(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        text_in_force = await issued(tx, filled)
        assert text_in_force.sha256 == hash_of("安全协议", "双方责任……")
        for _ in range(2):
            await sign_agreement(tx, filled.primary, signing(family, text_in_force), now=NOON)
        rows = await tx.execute(
            text("SELECT side, signer_id, child_id, sha256 FROM agreement_signature ORDER BY side")
        )
        assert [tuple(row) for row in rows] == [
            ("guardian", family.guardian_id, family.child_id, text_in_force.sha256),
            ("school", filled.officers["S001"], None, text_in_force.sha256),
        ]


async def test_a_new_text_is_to_be_signed_again_and_the_old_one_cannot_be(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        first = await issued(tx, filled)
        await sign_agreement(tx, filled.primary, signing(family, first), now=NOON)
        second = await issued(tx, filled, "新的责任……")
        with pytest.raises(AgreementChanged):
            await sign_agreement(tx, filled.primary, signing(family, first), now=NOON)
        await sign_agreement(tx, filled.primary, signing(family, second), now=NOON)
        agreed = await tx.scalar(
            text("SELECT agreed_number FROM child WHERE child_id = :id"), {"id": family.child_id}
        )
        assert agreed == 2


async def test_unsigned_children_are_in_care_and_listed(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        first, second, *_ = await families(tx, filled.primary, 1, "1班")
        text_in_force = await issued(tx, filled)
        for family in (first, second):
            wish = [CareAsked(family.child_id)]
            await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
        await sign_agreement(tx, filled.primary, signing(first, text_in_force), now=NOON)
        rows = await unsigned_children(
            tx, filled.primary, number=text_in_force.number, today=school_day(NOON)
        )
        assert [row["child_id"] for row in rows] == [second.child_id]


async def test_only_a_guardian_with_the_right_signs(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        mine, other, *_ = await families(tx, filled.primary, 1)
        with pytest.raises(NoAgreement):
            await sign_agreement(
                tx, filled.primary, Signing(mine.guardian_id, [mine.child_id], 1, ""), now=NOON
            )
        text_in_force = await issued(tx, filled)
        stranger = Family(other.child_id, mine.guardian_id, 1, "1班")
        with pytest.raises(NotYours):
            await sign_agreement(tx, filled.primary, signing(stranger, text_in_force), now=NOON)
        await tx.execute(text("UPDATE guardianship SET may_sign = false"))
        with pytest.raises(NoRightToSign):
            await sign_agreement(tx, filled.primary, signing(mine, text_in_force), now=NOON)
