"""Nothing is said that is no longer true: of a found child not that it is missing, of a day only the newest word.

Letters may cross on the way, so both orders are looked at: what waits is withheld when its end is heard, and what
arrives after its end is withheld at once.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.telling import Telling

_FOUND = text(
    "UPDATE message SET state = 'settled', outcome = 'withheld', settled_at = :now"
    " WHERE school_id = ANY(:schools) AND cause_id = ANY(:causes) AND kind = 'missing'"
    " AND state = 'waiting' AND tries = 0"
)
_FETCHED = text(
    "UPDATE message m SET state = 'settled', outcome = 'withheld', settled_at = :now"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:children AS uuid[]), CAST(:days AS date[]),"
    " CAST(:at AS timestamptz[])) AS gone(school_id, child_id, service_on, at)"
    " WHERE m.school_id = gone.school_id AND m.child_id = gone.child_id AND m.service_on = gone.service_on"
    " AND m.kind IN ('late', 'late_staff') AND m.happened_at <= gone.at AND m.state = 'waiting' AND m.tries = 0"
)
_TOLD_MISSING = text(
    "SELECT school_id, cause_id, recipient_id FROM message WHERE school_id = ANY(:schools)"
    " AND cause_id = ANY(:causes) AND kind = 'missing' AND outcome IS DISTINCT FROM 'withheld'"
)
_CLEARED = text(
    "SELECT school_id, cause_id FROM unaddressed WHERE school_id = ANY(:schools) AND cause_id = ANY(:causes)"
    " AND kind = 'attendance.missing-cleared.v1'"
)
_GONE_HOME = text(
    "SELECT school_id, child_id, max(happened_at) AS at FROM message WHERE school_id = ANY(:schools)"
    " AND child_id = ANY(:children) AND service_on = ANY(:days) AND kind = 'released' GROUP BY 1, 2"
)

_OTHER_DAY = text(
    "UPDATE message m SET state = 'settled', outcome = 'withheld', settled_at = :now"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:days AS date[]), CAST(:at AS timestamptz[]))"
    " AS changed(school_id, service_on, at)"
    " WHERE m.school_id = changed.school_id AND m.service_on = changed.service_on"
    " AND m.kind IN ('day_closed', 'day_changed') AND m.happened_at < changed.at"
    " AND m.state = 'waiting' AND m.tries = 0"
)
_DAY_CHANGED = text(
    "SELECT school_id, service_on, max(happened_at) AS at FROM message WHERE school_id = ANY(:schools)"
    " AND service_on = ANY(:days) AND kind IN ('day_closed', 'day_changed') GROUP BY 1, 2"
)
_DAY_KINDS = {"day_closed", "day_changed"}

Cause = tuple[UUID, UUID]
"""School and case."""


async def withhold_overtaken(tx: AsyncSession, tellings: Sequence[Telling], *, now: datetime) -> None:
    """Withhold waiting messages whose end stands in ``tellings``; what has begun to leave is left alone."""
    found = [telling for telling in tellings if telling.kind == "missing_cleared"]
    if found:
        await tx.execute(_FOUND, {**_causes(found), "now": now})
    fetched = [telling for telling in tellings if telling.kind == "released"]
    if fetched:
        await tx.execute(
            _FETCHED,
            {
                "schools": [telling.school_id for telling in fetched],
                "children": [telling.child_id for telling in fetched],
                "days": [telling.service_on for telling in fetched],
                "at": [telling.at for telling in fetched],
                "now": now,
            },
        )
    changed = [telling for telling in tellings if telling.kind in _DAY_KINDS]
    if changed:
        about = {"at": [telling.at for telling in changed], "now": now}
        await tx.execute(_OTHER_DAY, {**_days(changed), **about})


async def told_missing(tx: AsyncSession, tellings: Sequence[Telling]) -> dict[Cause, tuple[UUID, ...]]:
    """Return whom each cleared case was told to: nobody else needs to hear that all is well."""
    cleared = [telling for telling in tellings if telling.kind == "missing_cleared"]
    told: dict[Cause, tuple[UUID, ...]] = {(telling.school_id, telling.cause_id): () for telling in cleared}
    if cleared:
        for row in await tx.execute(_TOLD_MISSING, _causes(cleared)):
            told[row.school_id, row.cause_id] += (row.recipient_id,)
    return told


async def already_over(tx: AsyncSession, tellings: Sequence[Telling]) -> set[int]:
    """Return the positions of tellings whose end was heard before them."""
    over: set[int] = set()
    missing = [telling for telling in tellings if telling.kind == "missing"]
    if missing:
        cleared = {tuple(row) for row in await tx.execute(_CLEARED, _causes(missing))}
        over |= {
            n
            for n, telling in enumerate(tellings)
            if telling.kind == "missing" and (telling.school_id, telling.cause_id) in cleared
        }
    late = [telling for telling in tellings if telling.kind in {"late", "late_staff"}]
    if late:
        about = {
            "schools": list({telling.school_id for telling in late}),
            "children": [telling.child_id for telling in late],
            "days": list({telling.service_on for telling in late}),
        }
        left = {(row.school_id, row.child_id): row.at for row in await tx.execute(_GONE_HOME, about)}
        over |= {
            n
            for n, telling in enumerate(tellings)
            if telling.kind in {"late", "late_staff"}
            and (at := left.get((telling.school_id, telling.child_id))) is not None
            and at >= telling.at
        }
    return over | await _older_days(tx, tellings)


async def _older_days(tx: AsyncSession, tellings: Sequence[Telling]) -> set[int]:
    """Return the positions of tellings of a day after which a newer one was heard."""
    changed = [telling for telling in tellings if telling.kind in _DAY_KINDS]
    if not changed:
        return set()
    newest: dict[tuple[UUID, date], datetime] = {}
    for row in await tx.execute(_DAY_CHANGED, _days(changed)):
        newest[row.school_id, row.service_on] = row.at
    for telling in changed:
        about = (telling.school_id, telling.service_on)
        newest[about] = max(newest.get(about, telling.at), telling.at)
    return {
        n
        for n, telling in enumerate(tellings)
        if telling.kind in _DAY_KINDS and telling.at < newest[telling.school_id, telling.service_on]
    }


def _days(tellings: Sequence[Telling]) -> dict[str, list[Any]]:
    return {
        "schools": [telling.school_id for telling in tellings],
        "days": [telling.service_on for telling in tellings],
    }


def _causes(tellings: Sequence[Telling]) -> dict[str, list[UUID]]:
    return {
        "schools": list({telling.school_id for telling in tellings}),
        "causes": [telling.cause_id for telling in tellings],
    }
