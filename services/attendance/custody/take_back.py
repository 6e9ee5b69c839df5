"""Take children back from an offer that nobody has accepted: they never left the giver's custody."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.count_accepted import count_taken_back
from services.attendance.custody.errors import NotYourOffer, UnknownHandOver
from services.attendance.custody.hand_over_counts import HandOverCounts, hand_over_counts
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.walk_stays import end_walk
from services.attendance.roster.names_of import names_of
from services.attendance.roster.staff_on_duty import OnDuty
from services.attendance.safety.find_children import find_children, found_here
from services.kernel.letters.announce import announce

WITH_GIVER = "with_giver"
"""The reason of a missing case that ended because the giver still had the child."""


async def take_back(
    tx: AsyncSession,
    staff: OnDuty,
    service_on: date,
    hand_over_id: UUID,
    child_ids: Sequence[UUID],
    *,
    now: datetime,
) -> HandOverCounts:
    """Keep these children after all; those accepted meanwhile stay where they are.

    Raises:
        UnknownHandOver: no such offer that day.
        NotYourOffer: another teacher's, and the caller is no leader.
    """
    before = await hand_over_counts(tx, staff.school_id, service_on, hand_over_id)
    if before is None:
        raise UnknownHandOver
    if before.giver_id != staff.adult_id and not staff.leader:
        names = await names_of(tx, staff.school_id, [before.giver_id])
        raise NotYourOffer(giver=names.get(before.giver_id, "另一位"))
    stays = await lock_stays(tx, staff.school_id, service_on, child_ids)
    back = [child for child, stay in stays.items() if stay.hand_over_id == hand_over_id]
    missed = {child: stays[child] for child in back if stays[child].missing}
    steps = [found_here(child, staff.adult_id, staff.device_id, now, WITH_GIVER) for child in missed]
    await append_entries(tx, missed, steps, school_id=staff.school_id, service_on=service_on, now=now)
    # After the entries: they would write the stays back as they were locked, under way.
    await end_walk(tx, staff.school_id, service_on, back)
    cleared = await find_children(
        tx, staff.school_id, service_on, missed, actor_id=staff.adult_id, now=now, reason=WITH_GIVER
    )
    if cleared:
        await announce(tx, *cleared, now=now)
    told = dict(Counter([hand_over_id] * len(back)))
    await count_taken_back(tx, staff.school_id, service_on, told, now=now)
    return await hand_over_counts(tx, staff.school_id, service_on, hand_over_id) or before
