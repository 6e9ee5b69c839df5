"""How clubs are chosen: wishes are drawn at the weekend, the rest goes to who comes first at eight sharp."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.cli.demo.cast import Child
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Broken, Refused
from services.cli.demo.stage import Stage
from services.enrollment.draw.rules.check_papers import check_papers
from services.enrollment.draw.rules.papers import Announcement, Receipt, Record

DRAWN, FIRST_COME = ("club", "arts"), ("sport", "labour", "reading", "tutoring")
"""Kinds of the policy, by the round in which they are chosen."""
MOST_CLUBS = 2
CLOSES, RESULTS, FLASH, ENDS = 52.5, 46.5, 20.5, 18.5
"""Hours before 16:30 of the day: Saturday noon, Saturday 18:00, Sunday 20:00:00, Sunday 22:00."""
TRIES = 240
PAUSE_SECONDS = 0.25
WAITERS = 12
"""So many children who met a full club go on its waiting list."""


async def announce_rounds(stage: Stage) -> None:
    """Announce a preference round that is open at once, and a first-come round for Sunday evening."""
    with stage.show.step("two rounds announced") as step:
        offered = await stage.officer.ask("GET", "offerings", params={"school_id": stage.school_id})
        stage.offering_ids = {one["code"]: one["offering_id"] for one in offered["offerings"]}
        now = stage.pace.now()
        stage.drawn_round = await _announce(
            stage,
            {"kind": "preference", "title": "社团与文艺：填志愿", "kinds": DRAWN, "most_wishes": 5},
            opens_at=now + timedelta(seconds=1),
            closes_at=_hours_before(stage, CLOSES),
            results_at=_hours_before(stage, RESULTS),
        )
        await _announce(
            stage,
            {"kind": "first_come", "title": "体育、劳动与阅读：先到先得", "kinds": FIRST_COME},
            opens_at=_hours_before(stage, FLASH),
            closes_at=_hours_before(stage, ENDS),
            results_at=_hours_before(stage, ENDS),
        )
        stage.pace.show(now + timedelta(seconds=2))
        stage.promised = await _announcement(stage)
        step.outcome = f"the draw's seed is promised: {stage.promised.seed_hash[:12]}…"


async def draw_clubs(stage: Stage) -> None:
    """Close the round, let the results come out, and let every family read what became of its wishes."""
    with stage.show.step("wishes are drawn") as step:
        stage.pace.show(_hours_before(stage, CLOSES))
        await _until(stage, lambda told: told["drawn_at"] is not None, "the round was not drawn")
        stage.pace.show(_hours_before(stage, RESULTS))
        await _until(stage, lambda told: told["published_at"] is not None, "the results are not out")
        wishing = [family for family in stage.families if any(child.wishes for child in family.part.children)]
        round_id = stage.drawn_round["round_id"]
        read = await asyncio.gather(*(family.read_results(round_id) for family in wishing))
        stage.drawn = await _check_draw(
            stage, [Receipt.model_validate(child["receipt"]) for told in read for child in told["children"]]
        )
        step.outcome = (
            f"{stage.drawn['wishes']} wishes, {stage.drawn['first_choice_share']:.0%} first choices,"
            f" {stage.drawn['placed_in_care']} in care, {stage.drawn['dissolved']} clubs dissolved; verified"
        )


async def run_for_the_rest(stage: Stage) -> None:
    """Let all claim at eight sharp; who meets a full club takes the next, or waits."""
    with stage.show.step("20:00:00 first come, first served") as step:
        stage.pace.show(_hours_before(stage, FLASH))
        runners = [
            (family, child) for family in stage.families for child in family.part.children if child.runs
        ]
        stage.chance.shuffle(runners)
        before = await _free(stage)
        missed = await asyncio.gather(*(_run(stage, family, child) for family, child in runners))
        await _check_capacity(stage, before)
        for family, child, code in [one for one in missed if one is not None][:WAITERS]:
            await family.wait_for(child.child_id, stage.offering_ids[code])
            stage.waiting.append((family, code))
            stage.meant.waiting += 1
        step.outcome = (
            f"{stage.meant.places} places given, {stage.meant.full} times “full”, {stage.meant.waiting} wait"
        )


async def let_a_place_go_on(stage: Stage) -> None:
    """Let a family give its place up: who is first on the list is offered it, and takes it by one tap."""
    with stage.show.step("22:00 a place is given up, offered, taken") as step:
        stage.pace.show(_hours_before(stage, ENDS))
        code = stage.waiting[0][1]
        giver, place_id = stage.won[code]
        await giver.give_up(place_id)
        family, entry_id = await _offered([family for family, other in stage.waiting if other == code])
        taken = await family.take_offer(entry_id)
        if taken["state"] != "taken":
            raise Broken(f"an offer was taken and is {taken['state']}")
        stage.meant.waiting -= 1
        step.outcome = f"“{taken['title']}”, {stage.meant.waiting} still wait"


async def _offered(families: Sequence[FamilyPhone]) -> tuple[FamilyPhone, str]:
    """Return who of those that wait is offered the place: by tier and time, which is not theirs to know."""
    for _ in range(TRIES):
        for family in families:
            for entry in await family.own_waiting():
                if entry["state"] == "offered":
                    return family, entry["entry_id"]
        await asyncio.sleep(PAUSE_SECONDS)
    raise Broken("a place was given up and nobody was offered it")


async def _announce(stage: Stage, about: dict[str, Any], **instants: datetime) -> dict[str, Any]:
    told: dict[str, Any] = await stage.officer.ask(
        "POST",
        "rounds",
        json={
            "school_id": stage.school_id,
            "most_clubs": MOST_CLUBS,
            "visible_from": stage.pace.now().isoformat(),
            **about,
            **{name: instant.isoformat() for name, instant in instants.items()},
        },
    )
    return told


async def _until(stage: Stage, done: Callable[[dict[str, Any]], bool], complaint: str) -> None:
    for _ in range(TRIES):
        told = await stage.officer.ask(
            "GET", f"rounds/{stage.drawn_round['round_id']}", params={"school_id": stage.school_id}
        )
        if done(told):
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise Broken(complaint)


async def _announcement(stage: Stage) -> Announcement:
    """Read what everybody may read of the draw, without logging in."""
    path = f"/api/v1/public/schools/{stage.school_id}/rounds/{stage.drawn_round['round_id']}/draw"
    return Announcement.model_validate(await stage.lines.door.call("GET", path))


async def _check_draw(stage: Stage, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """Hold every family's receipt, the county's record and both announcements against each other."""
    published = await _announcement(stage)
    await stage.officer.act_as("enrolment_officer")
    told = await stage.officer.ask(
        "GET", f"rounds/{stage.drawn_round['round_id']}/book", params={"school_id": stage.school_id}
    )
    await stage.officer.act_as("school_admin")
    record = Record.model_validate(told)
    if len(receipts) != len(record.placings):
        raise Broken(f"{len(record.placings)} children took part, {len(receipts)} have a receipt")
    checks = check_papers([stage.promised, published, record, *receipts])
    if failed := [check.sentence for check in checks if check.passed is False]:
        raise Broken(f"the draw does not hold: {failed[0]}")
    return dict(published.summary or {})


async def _run(stage: Stage, family: FamilyPhone, child: Child) -> tuple[FamilyPhone, Child, str] | None:
    """Try one club after the other; return the first that was full, if no other was left."""
    full = None
    for code in child.runs:
        try:
            place_id = await family.claim(child.child_id, stage.offering_ids[code])
        except Refused as refusal:
            if refusal.slug in {"offering-full", "waiting-ahead"}:
                stage.meant.full += 1
                full = full or code
            elif refusal.slug not in {"child-busy", "most-clubs-held"}:
                raise
        else:
            stage.meant.places += 1
            stage.won[code] = family, place_id
            return None
    return (family, child, full) if full else None


async def _free(stage: Stage) -> dict[str, int]:
    shown = await stage.officer.ask("GET", "offerings", params={"school_id": stage.school_id})
    return {one["code"]: one["free"] for one in shown["offerings"] if one["kind"] in FIRST_COME}


async def _check_capacity(stage: Stage, before: dict[str, int]) -> None:
    """Compare the places that phones were told of with those that are gone; none may be given twice."""
    after = await _free(stage)
    taken = sum(before.values()) - sum(after.values())
    if taken != stage.meant.places or any(free < 0 for free in after.values()):
        raise Broken(f"phones were told of {stage.meant.places} places, {taken} are gone")


def _hours_before(stage: Stage, hours: float) -> datetime:
    return stage.pace.at("16:30", minutes=-60 * hours)
