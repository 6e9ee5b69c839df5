"""Take a batch of letters in: each fact takes effect once, however often its letter comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import Database, set_scope
from services.kernel.letters.envelope import Hears, Letter, Receipt, Refused
from services.kernel.log import get_logger

_TAKE = text(
    "INSERT INTO inbox (letter_id, kind, sender)"
    " SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:senders AS text[]))"
    " ON CONFLICT (letter_id) DO NOTHING RETURNING letter_id"
)


async def receive(
    database: Database, ears: Mapping[str, Hears], letters: Sequence[Letter], *, now: datetime
) -> Receipt:
    """Apply the letters in one transaction; if one of them fails, each in its own.

    A kind that nobody here hears is taken and forgotten: a sender may learn new words first. A refused letter
    is not in the inbox, so the sender's next try brings it again.
    """
    try:
        async with database.transaction() as tx:
            return Receipt(**await _apply(tx, ears, letters, now=now), refused=[])
    except Exception as fault:  # noqa: BLE001 - whatever one letter did, the others must not suffer
        get_logger().warning("letters.batch_failed", count=len(letters), fault=repr(fault))
    accepted = repeated = 0
    refused: list[Refused] = []
    for letter in letters:
        try:
            async with database.transaction() as tx:
                counts = await _apply(tx, ears, [letter], now=now)
        except Exception as fault:  # noqa: BLE001 - the sender hears of it, whatever it was
            get_logger().exception("letters.refused", kind=letter.kind, letter_id=str(letter.letter_id))
            refused.append(Refused(letter_id=letter.letter_id, fault=repr(fault)[:500]))
        else:
            accepted += counts["accepted"]
            repeated += counts["repeated"]
    return Receipt(accepted=accepted, repeated=repeated, refused=refused)


async def _apply(
    tx: AsyncSession, ears: Mapping[str, Hears], letters: Sequence[Letter], *, now: datetime
) -> dict[str, int]:
    taken = await tx.execute(
        _TAKE,
        {
            "ids": [letter.letter_id for letter in letters],
            "kinds": [letter.kind for letter in letters],
            "senders": [letter.sender for letter in letters],
        },
    )
    fresh = set(taken.scalars())
    heard = [
        (ears[letter.kind], ears[letter.kind].fact.model_validate(letter.body))
        for letter in letters
        if letter.letter_id in fresh and letter.kind in ears
    ]
    await set_scope(tx, {school for _, fact in heard for school in fact.schools()})
    for ear, run in groupby(heard, key=lambda pair: pair[0]):
        await ear.hear(tx, [fact for _, fact in run], now=now)
    return {"accepted": len(fresh), "repeated": len(letters) - len(fresh)}
