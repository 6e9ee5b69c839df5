"""What stands behind the proof that somebody shows for these children? Finds passes, and counts wrong codes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.count_tries import Tries, count_tries, lock_tries
from services.attendance.pickup.errors import (
    PassExpired,
    PassForAnother,
    PhoneGuessedTooOften,
    TooManyTries,
    UnknownPass,
)
from services.attendance.pickup.pass_token import read_pass
from services.attendance.pickup.proof import PassKeys, Proof, ShownPass
from services.attendance.pickup.rules.pass_code import code_hash, read_code
from services.attendance.roster.settings import SchoolSettings
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.problems import Refusal

COLUMNS = "pass_id, child_id, turn, collector_id, state, settled_at"
BY_ID = f"""
SELECT {COLUMNS} FROM pass
 WHERE school_id = $1 AND service_on = $2 AND pass_id = ANY($3::uuid[]) ORDER BY pass_id FOR NO KEY UPDATE
"""  # noqa: S608 - constants
BY_CODE = f"""
SELECT {COLUMNS} FROM pass
 WHERE school_id = $1 AND service_on = $2 AND code_hash = $3 ORDER BY pass_id FOR NO KEY UPDATE
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Gate:
    """Where and by whom a proof is read.

    ``hands`` is who types, and the device where it is known: wrong codes count against both, since a phone makes
    its own device id, and a fresh log-in would bring fresh tries.
    """

    school_id: UUID
    service_on: date
    hands: tuple[UUID, ...]
    keys: PassKeys
    settings: SchoolSettings


def hands_of(actor_id: UUID, device_id: UUID | None) -> tuple[UUID, ...]:
    """Return against whom a wrong code counts."""
    return (actor_id,) if device_id is None else (actor_id, device_id)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a proof turned out to be: passes by child, and for whom it is no proof at all."""

    passes: dict[UUID, ShownPass]
    refused: dict[UUID, Refusal]


async def read_proof(
    tx: AsyncSession, gate: Gate, proof: Proof, names: Mapping[UUID, str], *, now: datetime
) -> Behind:
    """Return what ``proof`` proves for the children in ``names``; passes found are locked.

    For siblings the pass of each; a child without one is refused while its sibling may go.
    """
    if proof.kind == "permission":
        return Behind({}, {})
    if gate.service_on != school_day(now):
        return _nothing(names, PassExpired())
    if proof.kind == "qr":
        return await _read_qr(tx, gate, proof.word, names)
    return await _read_code(tx, gate, read_code(proof.word), names)


async def children_behind_code(tx: AsyncSession, gate: Gate, code: str) -> Collection[UUID] | Refusal:
    """Return whose code this is, where nobody said so; a wrong one counts against the hands alone."""
    tries = await lock_tries(tx, gate.school_id, gate.service_on, gate.hands)
    on_phone = tries.most(gate.hands)
    if on_phone >= gate.settings.phone_code_tries:
        return PhoneGuessedTooOften(tries=on_phone, again=True)
    if passes := await _by_code(tx, gate, read_code(code)):
        return passes.keys()
    await count_tries(tx, tries, gate.hands)
    if on_phone + 1 >= gate.settings.phone_code_tries:
        return PhoneGuessedTooOften(tries=on_phone + 1)
    return UnknownPass(tries_left=gate.settings.phone_code_tries - on_phone - 1)


async def _read_qr(tx: AsyncSession, gate: Gate, token: str, names: Mapping[UUID, str]) -> Behind:
    try:
        claims = read_pass(gate.keys.verifier, token)
    except Refusal as refusal:
        return _nothing(names, refusal)
    if claims.service_on != gate.service_on:
        return _nothing(names, PassExpired())
    ids = [line.pass_id for line in claims.lines]
    rows = await (await raw(tx)).fetch(BY_ID, gate.school_id, gate.service_on, ids)
    passes = _passes(rows)
    strangers = names.keys() - passes.keys()
    return Behind(passes, {child_id: PassForAnother(child=names[child_id]) for child_id in strangers})


async def _read_code(tx: AsyncSession, gate: Gate, code: str, names: Mapping[UUID, str]) -> Behind:
    tries = await lock_tries(tx, gate.school_id, gate.service_on, [*names, *gate.hands])
    refused = _closed(gate, tries, names)
    if len(refused) == len(names):
        return Behind({}, refused)
    passes = await _by_code(tx, gate, code)
    wrong = names.keys() - passes.keys() - refused.keys()
    if wrong:
        await count_tries(tx, tries, [*wrong, *gate.hands])
    known = bool(passes)
    refused |= {child_id: _wrong(gate, tries, child_id, names[child_id], known=known) for child_id in wrong}
    return Behind({child: found for child, found in passes.items() if child not in refused}, refused)


async def _by_code(tx: AsyncSession, gate: Gate, code: str) -> dict[UUID, ShownPass]:
    key = gate.keys.code_key
    hashed = code_hash(key, school_id=gate.school_id, service_on=gate.service_on, code=code)
    return _passes(await (await raw(tx)).fetch(BY_CODE, gate.school_id, gate.service_on, hashed))


def _closed(gate: Gate, tries: Tries, names: Mapping[UUID, str]) -> dict[UUID, Refusal]:
    """Return for whom no code is taken any more today, right or wrong."""
    on_phone = tries.most(gate.hands)
    if on_phone >= gate.settings.phone_code_tries:
        return {child_id: PhoneGuessedTooOften(tries=on_phone, again=True) for child_id in names}
    return {
        child_id: TooManyTries(child=name, tries=tries.by_subject[child_id], again=True)
        for child_id, name in names.items()
        if tries.by_subject[child_id] >= gate.settings.code_tries
    }


def _wrong(gate: Gate, tries: Tries, child_id: UUID, name: str, *, known: bool) -> Refusal:
    """Return the answer to a wrong code; the one that uses up the tries raises the alarm."""
    counted = tries.by_subject[child_id] + 1
    on_phone = tries.most(gate.hands) + 1
    if counted >= gate.settings.code_tries:
        return TooManyTries(child=name, tries=counted)
    if on_phone >= gate.settings.phone_code_tries:
        return PhoneGuessedTooOften(tries=on_phone)
    if known:
        return PassForAnother(child=name)
    return UnknownPass(child=name, tries_left=gate.settings.code_tries - counted)


def _passes(rows: Collection[Mapping[str, object]]) -> dict[UUID, ShownPass]:
    found = (ShownPass(*row.values()) for row in rows)  # type: ignore[arg-type] # the columns of ShownPass
    return {each.child_id: each for each in found}


def _nothing(names: Collection[UUID], refusal: Refusal) -> Behind:
    return Behind({}, dict.fromkeys(names, refusal))
