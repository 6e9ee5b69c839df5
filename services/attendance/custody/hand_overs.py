"""Which hand-overs concern a teacher, and which children are under way in them?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.hand_over_counts import HandOverCounts
from services.kernel.database.transaction import raw

CONCERNING = """
SELECT hand_over.hand_over_id, giver_id, taker_id, hand_over.session_id, hand_over.room_id, offered, accepted,
       taken_back, offered_at, settled_at, giver.name AS giver, taker.name AS taker, session.name AS session,
       room.name AS room
  FROM hand_over
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2
       AND session.session_id = hand_over.session_id
  LEFT JOIN adult AS giver ON giver.school_id = $1 AND giver.adult_id = giver_id
  LEFT JOIN adult AS taker ON taker.school_id = $1 AND taker.adult_id = coalesce(taker_id, session.teacher_id)
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = hand_over.room_id
 WHERE hand_over.school_id = $1 AND hand_over.service_on = $2 AND (settled_at IS NULL OR NOT $4::bool)
   AND ($3::uuid IS NULL OR $3 IN (giver_id, taker_id, session.teacher_id) OR EXISTS (
        SELECT FROM stay JOIN expectation USING (school_id, service_on, child_id)
               JOIN session AS theirs ON theirs.school_id = $1 AND theirs.service_on = $2
                    AND theirs.session_id = expectation.session_id
         WHERE stay.school_id = $1 AND stay.service_on = $2 AND stay.hand_over_id = hand_over.hand_over_id
           AND theirs.teacher_id = $3))
 ORDER BY offered_at, hand_over.hand_over_id
"""
UNDER_WAY = """
SELECT stay.hand_over_id, stay.child_id, child.name, child.class_name FROM stay JOIN child USING (school_id, child_id)
 WHERE school_id = $1 AND service_on = $2 AND hand_over_id = ANY($3::uuid[]) AND state = 'in_transit'
 ORDER BY child.student_no
"""


@dataclass(frozen=True)
class HandOverShown:
    """An offer with the names of both sides, and the children that nobody has accepted yet."""

    counts: HandOverCounts
    giver: str | None
    taker: str | None
    session: str | None
    room: str | None
    under_way: list[Any]


async def hand_overs(
    tx: AsyncSession, school_id: UUID, service_on: date, *, adult_id: UUID | None, only_open: bool
) -> list[HandOverShown]:
    """Return the day's hand-overs from or to an adult (None: all), oldest first.

    One without a session or a taker is for every teacher who expects one of its children.
    """
    connection = await raw(tx)
    found = await connection.fetch(CONCERNING, school_id, service_on, adult_id, only_open)
    children: dict[UUID, list[Any]] = defaultdict(list)
    ids = [row["hand_over_id"] for row in found]
    for child in await connection.fetch(UNDER_WAY, school_id, service_on, ids) if ids else []:
        children[child["hand_over_id"]].append(child)
    names = {"giver", "taker", "session", "room"}
    return [
        HandOverShown(
            counts=HandOverCounts(**{key: value for key, value in row.items() if key not in names}),
            **{key: row[key] for key in names},
            under_way=children[row["hand_over_id"]],
        )
        for row in found
    ]
