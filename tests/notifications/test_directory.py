"""The directory: a copy by version, phones sealed, pulled after letters that hold only ids."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.contracts.facts.enrollment import RosterChanged
from services.contracts.facts.gateway import AccountBound, BoundPerson
from services.kernel.ids import new_id
from services.kernel.jobs import RetryLater
from services.kernel.worker import Worker
from services.notifications.directory.copy_roster import copied_version, copy_roster
from tests.notifications.conftest import Neighbours
from tests.notifications.small_school import SmallSchool

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


async def test_phones_are_sealed_and_found_again_by_a_keyed_hash(school: SmallSchool) -> None:
    rows = await school.rows("SELECT name, sort, phone_sealed, phone_index FROM person ORDER BY name")
    assert [(row["name"], row["sort"]) for row in rows] == [
        ("周敏", "guardian"),
        ("李芳", "staff"),
        ("王建国", "guardian"),
        ("赵刚", "staff"),
        ("陈静", "guardian"),
    ]
    assert b"138" not in rows[0]["phone_sealed"]
    assert school.cipher.open(rows[0]["phone_sealed"]) == "13800000003"
    assert rows[0]["phone_index"] == school.cipher.blind_index("13800000003")


async def test_a_page_twice_changes_nothing_and_one_too_early_is_not_taken(school: SmallSchool) -> None:
    async with school.database.transaction([school.school_id]) as tx:
        assert await copy_roster(tx, school.page(), school.cipher)
        assert not await copy_roster(tx, school.page(since=7, version=9), school.cipher)
        assert await copied_version(tx, school.school_id) == 1
    assert await school.rows("SELECT count(*) AS n FROM guardianship") == [{"n": 3}]


async def test_whoever_leaves_is_forgotten(school: SmallSchool) -> None:
    await school.bind(school.hongs_mother, "o-mother")
    nothing: dict[str, list[Any]] = {"staff": [], "rooms": [], "guardianships": [], "collectors": []}
    gone = school.page(
        since=1,
        version=2,
        children=[school.child(school.qiang, "张强", removed=True)],
        guardians=[school.guardian(school.hongs_mother, "周敏", "hongs_mother", removed=True)],
        **nothing,
    )
    async with school.database.transaction([school.school_id]) as tx:
        await copy_roster(tx, gone, school.cipher)
    assert [row["name"] for row in await school.rows("SELECT name FROM child ORDER BY name")] == [
        "李红",
        "王小明",
    ]
    assert await school.rows("SELECT name FROM person WHERE name = '周敏'") == []
    assert await school.rows("SELECT openid FROM binding") == []


async def test_a_letter_about_the_roster_has_it_pulled_page_by_page(
    school: SmallSchool, worker: Worker, neighbours: Neighbours
) -> None:
    second = school.page(since=1, version=2, more=True, children=[school.child(school.qiang, "张小强")])
    third = school.page(since=2, version=3, children=[school.child(new_id(), "新同学")])
    for page in (second, third):
        path = f"/internal/roster?school_id={school.school_id}&since={page.since}&limit=2000"
        neighbours.answers[path] = page.model_dump(mode="json")
    news = RosterChanged(at=NOW, school_id=school.school_id, version=3)
    await school.hear(news, news, news)
    assert await school.rows("SELECT entrypoint FROM pgqueuer") == [{"entrypoint": "pull_roster"}]
    await worker.pump()
    names = {row["name"] for row in await school.rows("SELECT name FROM child")}
    assert names == {"王小明", "李红", "张小强", "新同学"}
    assert await school.rows("SELECT roster_version FROM school") == [{"roster_version": 3}]


async def test_old_news_is_no_reason_to_pull(school: SmallSchool) -> None:
    await school.hear(RosterChanged(at=NOW, school_id=school.school_id, version=1))
    assert await school.rows("SELECT entrypoint FROM pgqueuer") == []


async def test_what_could_be_told_to_nobody_is_told_once_the_roster_is_here(
    school: SmallSchool, worker: Worker, neighbours: Neighbours
) -> None:
    newcomer = new_id()
    await school.hear(school.missing(newcomer, new_id()), school.missing(school.qiang, new_id()))
    page = school.page(
        since=1,
        version=2,
        children=[school.child(newcomer, "新同学")],
        guardianships=[school.guardianship(newcomer, school.mother, "母亲", 1)],
    )
    path = f"/internal/roster?school_id={school.school_id}&since=1&limit=2000"
    neighbours.answers[path] = page.model_dump(mode="json")
    await worker.pump()
    (told,) = await school.told()
    assert (told["name"], told["channel"]) == ("陈静", "sms")
    waiting = await school.rows(
        "SELECT reason, addressed_at IS NULL AS open FROM unaddressed ORDER BY reason"
    )
    assert waiting == [
        {"reason": "no-guardian", "open": True},
        {"reason": "unknown-child", "open": False},
    ]


async def test_an_account_is_pulled_and_reads_for_its_people_only(
    school: SmallSchool, worker: Worker, neighbours: Neighbours
) -> None:
    account_id = await school.bind(school.father, "o-old")
    person = BoundPerson(school_id=school.school_id, person_id=school.mother, persona="guardian")
    neighbours.answers[f"/internal/accounts/{account_id}"] = {
        "account_id": str(account_id),
        "openid": "o-new",
        "people": [person.model_dump(mode="json")],
    }
    await school.hear(AccountBound(at=NOW, account_id=account_id, people=(person,)))
    await worker.pump()
    bound = await school.rows("SELECT person_id, openid FROM binding")
    assert bound == [{"person_id": school.mother, "openid": "o-new"}]


async def test_a_silent_owner_is_asked_again(school: SmallSchool, worker: Worker) -> None:
    with pytest.raises(RetryLater):
        await worker._jobs["pull_roster"](school.school_id.bytes, 0)
