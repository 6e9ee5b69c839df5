"""A menu that breaks the policy is not published; one that keeps it is, with a number, for everybody to read."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.import_file import Take, Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.menu.errors import MenuBreaksPolicy, MenuEmpty, MenuNotPublished
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.publish_menu import publish_menu
from services.enrollment.policy import Policy
from services.enrollment.schools.current_term import current_term
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools

TODAY = school_day(NOON)


async def test_the_messy_menu_is_taken_as_drafts_and_cannot_be_published(
    filled: Schools, at: RolledBack, policy: Policy, cipher: FieldCipher
) -> None:
    school = filled.ids["S003"]
    async with at(school) as tx:
        desk = Desk(school, policy, cipher, NOON)
        for kind, name in (("staff", "primary-staff"), ("rooms", "primary-rooms"), ("menu", "messy-menu")):
            upload = Upload(name, EXAMPLES / f"{name}.xlsx")
            await import_file(tx, desk, kind, upload, take=Take.GOOD_ROWS)
        term = await current_term(tx, school, on=TODAY)
        with pytest.raises(MenuBreaksPolicy) as caught:
            await publish_menu(tx, school, term.term_id, by=school, policy=policy, now=NOON)
        found = caught.value.facts["findings"]
        assert sorted({one["rule"] for one in found}) == ["R01", "R08", "R11", "R14", "R17", "R18"]
        assert all(one["clause"] and one["sentence"] for one in found)
        assert await tx.scalar(text("SELECT count(*) FROM offering WHERE state = 'published'")) == 0
        with pytest.raises(MenuNotPublished):
            await public_menu(tx, school, on=TODAY)


async def test_everybody_can_read_what_was_published(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        term, publication = await public_menu(tx, filled.primary, on=TODAY)
        assert (term.name, publication.number, len(publication.menu)) == ("2026—2027学年第一学期", 1, 102)
        club = next(one for one in publication.menu if one["code"] == "K056")
        assert (club["title"], club["kind_label"], club["teacher"], club["room"]) == (
            "篮球（低年级）", "体育", await teacher(tx, "T045"), "操场东",
        )  # fmt: skip


async def teacher(tx: AsyncSession, number: str) -> str:
    found: str = await tx.scalar(text("SELECT name FROM staff WHERE staff_no = :no"), {"no": number})
    return found


async def test_publishing_again_is_the_next_number_and_the_first_stays(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        term = await current_term(tx, filled.primary, on=TODAY)
        again = await publish_menu(
            tx, filled.primary, term.term_id, by=filled.officers["S001"], policy=policy, now=NOON
        )
        assert again.number == 2
        assert await tx.scalar(text("SELECT count(*) FROM menu_publication")) == 2


async def test_an_empty_menu_is_not_published(filled: Schools, at: RolledBack, policy: Policy) -> None:
    school = filled.ids["S003"]
    async with at(school) as tx:
        term = await current_term(tx, school, on=TODAY)
        with pytest.raises(MenuEmpty):
            await publish_menu(tx, school, term.term_id, by=school, policy=policy, now=NOON)
