"""What an operator sees, and who else sees it: nobody."""

from pathlib import Path

import httpx
import pytest

from services.cli.operator_token import mint_operator_token
from services.kernel.ids import new_id
from services.kernel.letters.operate import LetterFigures
from services.kernel.tokens import PUBLIC, Identity, load_verifier
from services.kernel.unable import Unable
from tests.gateway.town import Town


async def letters(town: Town, token: str) -> httpx.Response:
    return await town.ask("GET", "operations/letters", token)


async def test_an_operator_sees_all_outboxes_and_who_is_silent(town: Town) -> None:
    phone = town.fresh_phone()
    await town.add_guardian("S001", phone)
    await town.move_in(phone)
    told = (await letters(town, mint_operator_token(town.keys.folder, minutes=5))).json()
    boxes = {box["service"]: box for box in told["outboxes"]}
    assert set(boxes) == {"gateway", "enrollment", "attendance", "notifications"}
    assert boxes["gateway"]["figures"]["announced"] >= 1
    assert set(boxes["enrollment"]["figures"]) == set(LetterFigures.model_fields)
    assert set(told["silent"]) == {"attendance", "notifications"}
    assert told["messages"] is None
    assert told["announced"] >= told["waiting"] >= 1


@pytest.mark.parametrize("persona", ["guest", "guardian", "school_admin", "county_supervisor"])
async def test_nobody_else_does(town: Town, persona: str) -> None:
    somebody = Identity(account_id=new_id(), persona=persona, people={new_id(): new_id()})
    assert (await letters(town, town.keys.token(somebody))).status_code == 403


async def test_a_look_at_the_letters_is_on_record(town: Town) -> None:
    token = mint_operator_token(town.keys.folder, minutes=5)
    await letters(town, token)
    who = load_verifier(town.keys.folder).identity(token, audience=PUBLIC)
    assert await town.audited(str(who.account_id)) == ["letters.seen"]


async def test_an_operators_token_opens_no_school(town: Town) -> None:
    token = mint_operator_token(town.keys.folder, minutes=5)
    assert (await town.ask("GET", "children", token)).status_code == 403
    assert (await town.ask("GET", "schools", token)).json() == {"schools": []}


async def test_a_minted_token_ends_by_itself(town: Town) -> None:
    claims = load_verifier(town.keys.folder).verify(
        mint_operator_token(town.keys.folder, minutes=7), audience=PUBLIC
    )
    assert claims["exp"] - claims["iat"] == 7 * 60


def test_without_the_key_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unable, match="make up"):
        mint_operator_token(tmp_path, minutes=5)
