"""The doors of a draw: a family opens its own results, the officer all, the county the book, a stranger nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.cli.lottery import lottery
from services.contracts.personas import Persona
from services.enrollment.draw import draw_round as drawing
from services.enrollment.draw.draw_round import draw_round
from services.enrollment.draw.publish_results import publish_results
from services.enrollment.policy import Policy
from services.enrollment.rounds.close_round import close_round
from services.enrollment.rounds.tables import Round
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.enrollment.conftest import Family, Schools
from tests.enrollment.door import Door, open_door
from tests.enrollment.small_rounds import CLOSES, RESULTS, VISIBLE, announced, submit


class Drawn:
    """A round with twelve lists, closed, in a database of its own."""

    def __init__(self, schools: Schools, cipher: FieldCipher, policy: Policy) -> None:
        self.schools = schools
        self.cipher = cipher
        self.policy = policy
        self.families: list[Family] = []
        self.told: Round

    async def prepare(self, families: list[Family]) -> None:
        self.families = families
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            await tx.execute(text("UPDATE offering SET minimum_size = 1"))
            await tx.execute(text("UPDATE offering SET capacity = 4 WHERE code = 'K055'"))
            self.told = await announced(tx, self.schools)
            for family in families:
                await submit(tx, self.told, family, "K055", "K056")
            await close_round(tx, self.schools.primary, self.told.round_id, now=CLOSES)

    async def draw(self) -> Round:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            ids = (self.schools.primary, self.told.round_id)
            return await draw_round(tx, *ids, cipher=self.cipher, policy=self.policy, now=CLOSES)

    async def publish(self) -> Round:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return await publish_results(tx, self.schools.primary, self.told.round_id, now=RESULTS)

    async def count(self, table: str) -> int:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return int(await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - our own words


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
async def drawn(
    own_copy: Schools, cipher: FieldCipher, policy: Policy, door: Door, clock: ManualClock
) -> Drawn:
    course = Drawn(own_copy, cipher, policy)
    await course.prepare((await door.families())[:12])
    clock.set(RESULTS)
    return course


async def ask(door: Door, who: dict[str, str], drawn: Drawn, what: str) -> Any:
    params = {"school_id": str(drawn.schools.primary)}
    return await door.http.get(f"/rounds/{drawn.told.round_id}/{what}", params=params, headers=who)


async def public(door: Door, drawn: Drawn) -> Any:
    return await door.http.get(f"/public/schools/{drawn.schools.primary}/rounds/{drawn.told.round_id}/draw")


async def test_a_family_reads_its_own_children_and_checks_its_receipt_offline(
    door: Door, drawn: Drawn, tmp_path: Path
) -> None:
    (tmp_path / "before.json").write_bytes((await public(door, drawn)).content)
    await drawn.draw()
    await drawn.publish()
    own = drawn.families[3]
    answer = await ask(door, door.guardian(own), drawn, "results")
    assert answer.status_code == 200, answer.text
    children = answer.json()["children"]
    assert own.child_id.hex in {child["child_id"].replace("-", "") for child in children}
    others = {str(family.child_id) for family in drawn.families if family.guardian_id != own.guardian_id}
    assert not any(other in answer.text for other in others)
    assert '"tier"' not in answer.text
    (tmp_path / "own.json").write_bytes(answer.content)
    files = [str(tmp_path / name) for name in ("before.json", "own.json")]
    checked = CliRunner().invoke(lottery, ["verify", *files])
    assert checked.exit_code == 0, checked.output
    told = answer.json()
    told["children"][0]["position"] += 1
    (tmp_path / "own.json").write_text(json.dumps(told))
    assert CliRunner().invoke(lottery, ["verify", *files]).exit_code == 1


async def test_who_got_nothing_is_offered_the_waiting_list_and_care(door: Door, drawn: Drawn) -> None:
    async with drawn.schools.database.transaction([drawn.schools.primary]) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 0 WHERE code IN ('K055', 'K056')"))
    await drawn.draw()
    await drawn.publish()
    answer = (await ask(door, door.guardian(drawn.families[0]), drawn, "results")).json()
    child = answer["children"][0]
    assert [wish["can_wait"] for wish in child["wishes"]] == [True, True]
    assert "候补" in child["hint"]
    assert "基本托管" in child["hint"]


async def test_nobody_reads_results_before_they_are_out(door: Door, drawn: Drawn) -> None:
    await drawn.draw()
    answer = await ask(door, door.guardian(drawn.families[0]), drawn, "results")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:kehou:problem:results-not-out"
    told = (await public(door, drawn)).json()
    assert (told["seed"], told["order_root"], told["summary"]) == (None, None, None)
    assert told["entries_root"] is not None


async def test_a_round_that_cannot_be_seen_yet_answers_as_if_it_were_not_there(
    door: Door, drawn: Drawn, clock: ManualClock
) -> None:
    clock.set(VISIBLE - timedelta(seconds=1))
    early = await ask(door, door.guardian(drawn.families[0]), drawn, "results")
    assert (early.status_code, early.json()["type"]) == (404, "urn:kehou:problem:unknown-round")
    assert (await public(door, drawn)).json() == early.json()


async def test_a_hostile_family_opens_nothing(door: Door, drawn: Drawn) -> None:
    await drawn.draw()
    await drawn.publish()
    stranger = door.token(Persona.GUARDIAN, S002=new_id())
    assert (await ask(door, stranger, drawn, "results")).status_code == 404
    nobody = door.token(Persona.GUARDIAN, S001=new_id())
    assert (await ask(door, nobody, drawn, "results")).json()["children"] == []
    for what in ("order", "book"):
        assert (await ask(door, door.guardian(drawn.families[0]), drawn, what)).status_code == 403
        assert (await ask(door, stranger, drawn, what)).status_code == 403
        teacher = door.token(Persona.TEACHER, S001=drawn.schools.officers["S001"])
        assert (await ask(door, teacher, drawn, what)).status_code == 403
    other = door.token(Persona.COUNTY_SUPERVISOR, S002=new_id())
    assert (await ask(door, other, drawn, "book")).status_code == 404


async def test_the_officer_sees_tiers_and_it_is_noted_who_looked(door: Door, drawn: Drawn) -> None:
    await drawn.draw()
    answer = await ask(door, door.officer, drawn, "order")
    assert answer.status_code == 200, answer.text
    children = answer.json()["children"]
    assert [child["position"] for child in children] == list(range(1, 13))
    assert all("tier" in child and len(child["wishes"]) == 2 for child in children)
    assert await drawn.count("sensitive_read") == 1


async def test_the_county_recomputes_the_whole_from_the_book(
    door: Door, drawn: Drawn, tmp_path: Path
) -> None:
    await drawn.draw()
    await drawn.publish()
    county = door.token(Persona.COUNTY_SUPERVISOR, S001=new_id())
    (tmp_path / "book.json").write_bytes((await ask(door, county, drawn, "book")).content)
    (tmp_path / "draw.json").write_bytes((await public(door, drawn)).content)
    files = [str(tmp_path / name) for name in ("book.json", "draw.json")]
    assert CliRunner().invoke(lottery, ["verify", *files]).exit_code == 0
    book = json.loads((tmp_path / "book.json").read_text())
    book["placings"][0]["outcomes"][0]["outcome"] = "full"
    (tmp_path / "book.json").write_text(json.dumps(book))
    assert CliRunner().invoke(lottery, ["verify", *files]).exit_code == 1


async def test_everybody_reads_hashes_and_figures_and_no_child(door: Door, drawn: Drawn) -> None:
    await drawn.draw()
    await drawn.publish()
    answer = await public(door, drawn)
    told = answer.json()
    assert told["seed"] is not None
    assert {club["code"]: (club["places"], club["wished"]) for club in told["clubs"]}["K055"] == (4, 12)
    assert told["summary"]["children"] == 12
    assert not any(str(family.child_id) in answer.text for family in drawn.families)


async def test_two_workers_who_draw_and_publish_at_once_do_it_once(door: Door, drawn: Drawn) -> None:
    await asyncio.gather(drawn.draw(), drawn.draw())
    assert (await drawn.count("draw"), await drawn.count("draw_entry")) == (1, 12)
    await asyncio.gather(drawn.publish(), drawn.publish())
    assert await drawn.count("place") == 4 + 12


async def test_a_worker_killed_in_between_leaves_nothing_and_the_next_draws_the_same(
    door: Door, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest: Callable[..., Awaitable[None]] = drawing._write

    async def killed(*args: Any) -> None:
        await honest(*args)
        raise ConnectionError

    monkeypatch.setattr(drawing, "_write", killed)
    with pytest.raises(ConnectionError):
        await drawn.draw()
    assert (await drawn.count("draw"), await drawn.count("draw_wish")) == (0, 0)
    monkeypatch.setattr(drawing, "_write", honest)
    assert (await drawn.draw()).drawn_at == CLOSES
    assert await drawn.count("draw_wish") == 24
