"""A first-come round at two schools: a crowd at the opening second, a waiting list, and every list in agreement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta

import pytest

from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Refused
from services.kernel.clock import at_school_time
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
from tests.journeys.town import DAY, Town, texts

PLACES = 8
FAMILIES = {"primary": 11, "junior": 4}
CLUBS = {"primary": ("K063", "K077"), "junior": ("K036",)}
GIVEN_UP, BACK = at_school_time(DAY, time(12, 40)), time(13, 0)


@dataclass
class Played:
    """A town in the middle of its round."""

    town: Town
    clubs: dict[str, dict[str, str]] = field(default_factory=dict)
    phones: dict[str, list[FamilyPhone]] = field(default_factory=dict)
    parent: FamilyPhone | None = None
    children: dict[str, str] = field(default_factory=dict)
    """Of the parent with children at both schools."""

    async def claim(self, phone: FamilyPhone, school: str, code: str, child_id: str | None = None) -> str:
        """Claim, and return ``place`` or the refusal's slug."""
        wish = {
            "school_id": self.town.school_ids[school],
            "offering_id": self.clubs[school][code],
            "child_id": child_id or phone.only_child,
        }
        try:
            await phone.ask("POST", "places", json=wish)
        except Refused as refused:
            return refused.slug
        return "place"

    async def crowd(self, school: str, code: str, phones: Sequence[FamilyPhone]) -> list[str]:
        """Let all claim at the same moment."""
        return list(await asyncio.gather(*(self.claim(phone, school, code) for phone in phones)))

    async def agree(self, school: str, code: str, count: int) -> bool:
        """Whether enrollment and attendance's copy both count so many children in a club."""
        counts = await copied_places(self.town, school, self.clubs[school][code])
        return counts == {"enrollment": count, "attendance": count}


@pytest.fixture(scope="module")
async def played(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    async with round_town(databases, tmp_path_factory.mktemp("house")) as town:
        story = Played(town)
        for school, codes in CLUBS.items():
            story.clubs[school] = await clubs(town, school)
            if school == "primary":
                await make_smaller(town, school, story.clubs[school]["K063"], PLACES)
            offered = [story.clubs[school][code] for code in codes]
            await announce(town, school, "first_come", offered, frees_at=BACK.isoformat())
        for school, grade in (("primary", 2), ("junior", 7)):
            children = only_children(town, school, grade)[: FAMILIES[school]]
            story.phones[school] = list(
                await asyncio.gather(*(town.family(school, child) for child in children))
            )
        younger, elder = of_both_schools(town, grades=(1, 2, 3, 4, 7, 8))
        story.parent = await town.family("primary", younger)
        story.children = {
            "primary": await child_at(story.parent, younger),
            "junior": await child_at(story.parent, elder),
        }
        yield story


async def test_nobody_gets_in_before_the_second_of_the_opening(played: Played) -> None:
    await move_to(played.town, OPENS - timedelta(seconds=1))
    told = await played.crowd("primary", "K063", played.phones["primary"][:3])
    assert told == ["round-not-open-yet"] * 3
    assert await texts(played.phones["primary"][0]) != []


async def test_a_crowd_gets_exactly_the_places_there_are_and_everybody_an_answer(played: Played) -> None:
    await move_to(played.town, OPENS)
    crowd = played.phones["primary"]
    primary, junior = await asyncio.gather(
        played.crowd("primary", "K063", crowd), played.crowd("junior", "K036", played.phones["junior"])
    )
    assert Counter(primary) == {"place": PLACES, "offering-full": len(crowd) - PLACES}
    assert Counter(junior) == {"place": FAMILIES["junior"]}
    winners = [phone for phone, told in zip(crowd, primary, strict=True) if told == "place"]
    assert await played.crowd("primary", "K063", winners[:2]) == ["place-held"] * 2
    played.phones["winners"] = winners
    played.phones["waiting"] = [phone for phone in crowd if phone not in winners]
    await played.town.house.settle()
    assert await played.agree("primary", "K063", PLACES)
    assert await played.agree("junior", "K036", FAMILIES["junior"])


async def test_a_guardian_of_two_schools_chooses_in_both_and_for_nobody_elses_child(played: Played) -> None:
    parent = played.parent
    assert parent is not None
    assert await played.claim(parent, "primary", "K077", played.children["primary"]) == "place"
    assert await played.claim(parent, "junior", "K036", played.children["junior"]) == "place"
    strangers = played.phones["winners"][0].only_child
    assert await played.claim(parent, "primary", "K077", strangers) == "not-yours"
    assert await played.claim(parent, "primary", "K077", played.children["junior"]) == "not-yours"


async def test_a_place_given_up_comes_back_at_the_announced_time_to_who_waits_longest(
    played: Played,
) -> None:
    town, (first, second, *_) = played.town, played.phones["waiting"]
    club = played.clubs["primary"]["K063"]
    for phone in (first, second):
        await phone.wait_for(phone.only_child, club)
        await move_to(town, town.house.clock.now() + timedelta(seconds=1))
    await move_to(town, GIVEN_UP)
    winner = played.phones["winners"][0]
    (child,) = (
        one
        for one in (await winner.ask("GET", "children"))["children"]
        if one["child_id"] == winner.only_child
    )
    place = next(one for one in child["places"] if one["offering_id"] == club)
    school = {"school_id": town.school_ids["primary"]}
    await winner.ask("POST", f"places/{place['place_id']}/end", json=school)
    await town.house.settle()
    assert await played.claim(played.phones["waiting"][2], "primary", "K063") in {
        "offering-full",
        "waiting-ahead",
    }
    (entry,) = (await first.ask("GET", "waiting-list"))["entries"]
    assert entry["state"] == "waiting"
    await move_to(town, at_school_time(DAY, BACK))
    await town.house.settle()
    (entry,) = (await first.ask("GET", "waiting-list"))["entries"]
    assert entry["state"] == "offered"
    assert (await second.ask("GET", "waiting-list"))["entries"][0]["state"] == "waiting"
    with pytest.raises(Refused) as refused:
        await second.ask("POST", f"waiting-list/{entry['entry_id']}/acceptance", json=school)
    assert refused.value.status == 404
    await first.ask("POST", f"waiting-list/{entry['entry_id']}/acceptance", json=school)
    await town.house.settle()
    assert await played.agree("primary", "K063", PLACES)


async def test_between_close_and_results_nothing_is_given_and_afterwards_what_is_left(played: Played) -> None:
    late = played.phones["winners"][1]
    await move_to(played.town, CLOSES)
    assert await played.claim(late, "primary", "K077") == "round-closed-for-now"
    await move_to(played.town, RESULTS)
    assert await played.claim(late, "primary", "K077") == "place"
    await played.town.house.settle()
    assert await played.agree("primary", "K077", 2)
    assert await played.agree("junior", "K036", FAMILIES["junior"] + 1)
