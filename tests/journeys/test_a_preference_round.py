"""A preference round at two schools: announced, wished, closed, drawn, proved by the families, and on every list."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Refused
from services.enrollment.draw.rules.check_papers import check_papers
from services.enrollment.draw.rules.papers import Announcement, Receipt, Record
from tests.conftest import Databases
from tests.journeys.round_town import (
    CLOSES,
    OPENS,
    RESULTS,
    announce,
    child_at,
    clubs,
    copied_places,
    make_smaller,
    move_to,
    of_both_schools,
    only_children,
    round_town,
)
from tests.journeys.town import Town, texts

WISHES: Mapping[str, Sequence[str]] = {"primary": ("K063", "K077", "K064"), "junior": ("K033", "K036")}
"""By rank. At the primary school K063 has too few places for all who want it and K064 too few who want it; at the
junior school too few want K033."""
FAMILIES = {"primary": 11, "junior": 8}
PLACES = 8


@dataclass
class Played:
    """What came of the round at both schools."""

    town: Town
    rounds: dict[str, str] = field(default_factory=dict)
    clubs: dict[str, dict[str, str]] = field(default_factory=dict)
    phones: dict[str, list[FamilyPhone]] = field(default_factory=dict)
    promised: dict[str, Announcement] = field(default_factory=dict)

    async def public(self, school: str) -> Announcement:
        """Read what everybody may, without logging in."""
        path = f"/api/v1/public/schools/{self.town.school_ids[school]}/rounds/{self.rounds[school]}/draw"
        return Announcement.model_validate(await self.town.lines.door.call("GET", path))

    async def hand_in(self, phone: FamilyPhone, school: str, child_id: str) -> Any:
        """Hand one child's wishes in, in the order above."""
        wished = [self.clubs[school][code] for code in WISHES[school]]
        body = {
            "school_id": self.town.school_ids[school],
            "children": [{"child_id": child_id, "offering_ids": wished}],
        }
        return await phone.ask("PUT", f"rounds/{self.rounds[school]}/wishes", json=body)

    async def results(self, phone: FamilyPhone, school: str) -> Any:
        about = {"school_id": self.town.school_ids[school]}
        return await phone.ask("GET", f"rounds/{self.rounds[school]}/results", params=about)


@pytest.fixture(scope="module")
async def played(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    async with round_town(databases, tmp_path_factory.mktemp("house")) as town:
        story = Played(town)
        await _announce(story)
        await _wish(story)
        await move_to(town, CLOSES)
        with pytest.raises(Refused) as refused:
            await story.hand_in(story.phones["primary"][0], "primary", story.phones["primary"][0].only_child)
        assert refused.value.slug == "round-closed"
        with pytest.raises(Refused) as refused:
            await story.results(story.phones["primary"][0], "primary")
        assert refused.value.slug == "results-not-out"
        assert await copied_places(town, "primary", story.clubs["primary"]["K063"]) == {
            "enrollment": 0,
            "attendance": 0,
        }
        await move_to(town, RESULTS)
        await move_to(town, RESULTS + timedelta(seconds=1))
        yield story


async def _announce(story: Played) -> None:
    town = story.town
    for school, codes in WISHES.items():
        story.clubs[school] = await clubs(town, school)
        if school == "primary":
            await make_smaller(town, school, story.clubs[school]["K063"], PLACES)
        offered = [story.clubs[school][code] for code in codes]
        story.rounds[school] = await announce(town, school, "preference", offered)
        story.promised[school] = await story.public(school)


async def _wish(story: Played) -> None:
    """Let only children of each school wish, and one guardian for its children at both."""
    town = story.town
    younger, elder = of_both_schools(town, grades=(1, 2, 3, 4, 7, 8))
    parent = await town.family("primary", younger)
    for school, grade in (("primary", 2), ("junior", 7)):
        children = only_children(town, school, grade)[: FAMILIES[school]]
        story.phones[school] = list(await asyncio.gather(*(town.family(school, child) for child in children)))
    await move_to(town, OPENS)
    await asyncio.gather(
        *(
            story.hand_in(phone, school, phone.only_child)
            for school, phones in story.phones.items()
            for phone in phones
        )
    )
    await story.hand_in(parent, "primary", await child_at(parent, younger))
    await story.hand_in(parent, "junior", await child_at(parent, elder))
    await asyncio.gather(*(phone.ask_for_care() for phone in story.phones["primary"]))
    for school in WISHES:
        story.phones[school].append(parent)


async def test_each_wish_is_answered_with_its_reason_and_no_reason_names_a_tier(played: Played) -> None:
    seen = [await played.results(phone, "primary") for phone in played.phones["primary"]]
    children = [child for told in seen for child in told["children"]]
    outcomes = [tuple(wish["outcome"] for wish in child["wishes"]) for child in children]
    assert len(children) == FAMILIES["primary"] + 1
    assert sum(first == "given" for first, *_ in outcomes) == PLACES
    assert {first for first, *_ in outcomes} == {"given", "full"}
    assert {second for _, second, _ in outcomes} == {"given"}, "enough wanted it, and all of them fit in"
    assert "given" not in {third for *_, third in outcomes}, "too few wanted it"
    sentences = [wish["sentence"] for child in children for wish in child["wishes"]]
    assert all(sentences)
    assert not any(word in sentence for sentence in sentences for word in ("优先", "残疾", "留守", "tier"))


async def test_a_club_that_too_few_wanted_is_dissolved_and_its_children_are_placed_again(
    played: Played,
) -> None:
    for phone in played.phones["junior"]:
        (child,) = (await played.results(phone, "junior"))["children"]
        assert [wish["outcome"] for wish in child["wishes"]] == ["dissolved", "given"]
    left = await clubs(played.town, "junior")
    assert "K033" not in left
    assert "K036" in left


@pytest.mark.parametrize("school", ["primary", "junior"])
async def test_families_and_the_county_prove_the_draw_from_papers_alone(played: Played, school: str) -> None:
    receipts = [
        Receipt.model_validate(child["receipt"])
        for phone in played.phones[school]
        for child in (await played.results(phone, school))["children"]
    ]
    officer = played.town.officers[school]
    await officer.act_as("enrolment_officer")
    book = await officer.ask(
        "GET",
        f"rounds/{played.rounds[school]}/book",
        params={"school_id": played.town.school_ids[school]},
    )
    await officer.act_as("school_admin")
    published, promised = await played.public(school), played.promised[school]
    assert (promised.seed, promised.entries_root) == (None, None)
    assert promised.seed_hash == published.seed_hash
    record = Record.model_validate(book)
    assert len(receipts) == len(record.placings)
    checks = check_papers([promised, published, record, *receipts])
    assert [check.sentence for check in checks if check.passed is False] == []
    forged = receipts[0].model_copy(update={"seed": "0" * 64})
    assert any(check.passed is False for check in check_papers([published, forged]))


async def test_drawn_places_stand_in_attendances_copy_and_care_makes_room_for_them(played: Played) -> None:
    expected = {
        ("primary", "K063"): PLACES,
        ("primary", "K077"): FAMILIES["primary"] + 1,
        ("primary", "K064"): 0,
        ("junior", "K036"): FAMILIES["junior"] + 1,
        ("junior", "K033"): 0,
    }
    for (school, code), count in expected.items():
        counts = await copied_places(played.town, school, played.clubs[school][code])
        assert counts == {"enrollment": count, "attendance": count}, code
    phone = played.phones["primary"][0]
    shown = (await phone.ask("GET", "children"))["children"]
    (child,) = (one for one in shown if one["child_id"] == phone.only_child)
    hours: list[tuple[int, str]] = [
        (day, place["starts"]) for place in child["places"] for day in place["weekdays"]
    ]
    assert len(hours) == len(set(hours)), "nobody is expected in two rooms at once"
    assert {day for day, _ in hours} == {1, 2, 3, 4, 5}


async def test_families_were_told_of_the_round_and_of_their_results(played: Played) -> None:
    phone = played.phones["junior"][0]
    told = await texts(phone)
    assert "round_announced" in told
    assert "results_out" in told


async def test_a_family_of_two_schools_reads_each_schools_result_and_no_stranger_reads_either(
    played: Played,
) -> None:
    parent, stranger = played.phones["primary"][-1], played.phones["primary"][0]
    for school in WISHES:
        assert len((await played.results(parent, school))["children"]) == 1
    with pytest.raises(Refused) as refused:
        await played.results(stranger, "junior")
    assert refused.value.status == 404
