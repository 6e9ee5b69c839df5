"""Going on with a session: tokens that rotate, rights that end, thieves that are noticed."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from services.kernel.ids import new_id
from services.kernel.tokens import PUBLIC, load_verifier
from tests.gateway.living_server import dead_address
from tests.gateway.town import Town, slug

TEACHER = "teacher"


async def test_a_refused_wish_does_not_use_the_refresh_token_up(town: Town) -> None:
    session = await town.move_in(town.fresh_phone())
    assert (await town.refresh(session, persona="principal")).status_code == 403
    assert (await town.refresh(session)).status_code == 200


async def test_a_right_that_ended_is_gone_at_the_next_refresh(town: Town) -> None:
    phone = town.fresh_phone()
    staff_id = await town.add_staff("S001", phone, TEACHER)
    session = (await town.refresh(await town.move_in(phone))).json()
    await town.remove_staff("S001", staff_id)
    asked = await town.refresh(session, persona=TEACHER)
    assert asked.status_code == 403
    after = (await town.refresh(session)).json()
    assert (after["persona"], after["people"]) == ("guest", [])
    facts = await town.announced(session["account_id"])
    assert [len(fact["people"]) for fact in facts] == [1, 0]
    assert facts[1]["left_school_ids"] == [str(town.schools["S001"])]


async def test_while_enrollment_is_away_its_last_answer_holds_for_hours_not_for_days(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_staff("S001", phone, TEACHER)
    session = (await town.refresh(await town.move_in(phone))).json()
    async with town.another_door(enrollment_url=dead_address()) as cut_off:
        believed = await cut_off.refresh(session)
        assert (believed.status_code, believed.json()["persona"]) == (200, TEACHER)
        async with town.gateway_db.transaction() as tx:
            long_ago = text("UPDATE account SET people_confirmed_at = now() - interval '13 hours'")
            await tx.execute(long_ago)
        doubted = await cut_off.refresh(believed.json())
    assert (doubted.status_code, slug(doubted)) == (503, "neighbour-silent")
    again = await town.refresh(believed.json())
    assert again.json()["persona"] == TEACHER


async def test_a_refresh_token_that_comes_twice_ends_the_session(town: Town) -> None:
    session = await town.move_in(town.fresh_phone())
    successor = (await town.refresh(session)).json()
    stolen = await town.refresh(session)
    assert (stolen.status_code, slug(stolen)) == (401, "refresh-token-reused")
    honest = await town.refresh(successor)
    assert (honest.status_code, slug(honest)) == (401, "session-ended")


async def test_of_two_uses_at_once_one_wins_and_the_session_ends(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    answers = await asyncio.gather(town.refresh(session), town.refresh(session))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_another_session_of_the_account_outlives_a_theft(town: Town) -> None:
    phone = town.fresh_phone()
    stolen, other = await town.log_in(phone), await town.log_in(phone)
    await town.refresh(stolen)
    await town.refresh(stolen)
    assert (await town.refresh(other)).status_code == 200


async def test_a_refresh_token_is_kept_as_a_hash_and_ends_unused(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    async with town.gateway_db.transaction() as tx:
        rows = (await tx.execute(text("SELECT token_hash FROM refresh_token"))).scalars().all()
        assert session["refresh_token"].encode() not in rows
        await tx.execute(
            text(
                "UPDATE refresh_token SET ends_at = now() WHERE family_id ="
                " (SELECT family_id FROM token_family WHERE account_id = :id)"
            ),
            {"id": UUID(session["account_id"])},
        )
    assert slug(await town.refresh(session)) == "session-ended"


async def test_an_invented_refresh_token_is_unknown(town: Town) -> None:
    assert slug(await town.refresh({"refresh_token": "invented"})) == "session-unknown"


async def test_logging_out_ends_the_sessions_of_this_device_only(town: Town) -> None:
    phone = town.fresh_phone()
    here = await town.log_in(phone, device_id=str(new_id()))
    there = await town.log_in(phone, device_id=str(new_id()))
    assert (await town.ask("DELETE", "sessions/current", here["access_token"])).status_code == 204
    assert (await town.refresh(here)).status_code == 401
    assert (await town.refresh(there)).status_code == 200


async def test_an_access_token_lives_ten_minutes(town: Town) -> None:
    session = await town.log_in(town.fresh_phone())
    claims = load_verifier(town.keys.folder).verify(session["access_token"], audience=PUBLIC)
    assert session["expires_in_seconds"] == claims["exp"] - claims["iat"] == 600
