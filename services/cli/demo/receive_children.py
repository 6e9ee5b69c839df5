"""How a phone scans a line of children: in batches, and not always in good order or with a network."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from services.cli.demo.line import Broken
from services.cli.demo.staff_phone import Scan, StaffPhone
from services.cli.demo.stage import Stage
from services.kernel.ids import new_id

BATCH = 14
A_CHILD = timedelta(seconds=2)
OFFLINE = timedelta(minutes=2.5)
"""How long a phone without network keeps its scans (domain time): less than what makes a child missing."""


class Habit(StrEnum):
    """What is special about a phone."""

    PLAIN = "plain"
    OFFLINE = "offline"
    """No network for a while; then the newest batch goes first."""
    RESENDS = "resends"
    """Every batch goes out twice: the first answer was lost."""
    SCANS_TWICE = "scans twice"
    """Some cards are read again, under new ids."""
    ASTRAY = "astray"
    """Its clock is far ahead."""


HABITS = (
    Habit.PLAIN,
    Habit.OFFLINE,
    Habit.PLAIN,
    Habit.RESENDS,
    Habit.ASTRAY,
    Habit.SCANS_TWICE,
    Habit.PLAIN,
)
ASTRAY = timedelta(minutes=23)


def habit_of(phone: StaffPhone) -> Habit:
    """Return what is special about a phone, by its owner's staff number."""
    return HABITS[int(phone.sheet.staff_no[1:]) % len(HABITS)]


async def receive_children(stage: Stage, phone: StaffPhone, child_ids: Sequence[str]) -> None:
    """Scan the cards of these children one after the other; afterwards the phone's owner answers for each.

    Raises:
        Broken: the platform did not take a child that stood there.
    """
    habit = habit_of(phone)
    at = stage.pace.now()
    wrong = ASTRAY if habit is Habit.ASTRAY else timedelta()
    batches: list[list[Scan]] = []
    for first in range(0, len(child_ids), BATCH):
        batches.append(_read_cards(stage, child_ids[first : first + BATCH], at + wrong))
        at += BATCH * A_CHILD
    if habit is Habit.SCANS_TWICE:
        batches.append(_read_cards(stage, child_ids[::5], at))
        at += len(child_ids[::5]) * A_CHILD
    await stage.pace.until(at + OFFLINE if habit is Habit.OFFLINE else at)
    for batch in reversed(batches) if habit is Habit.OFFLINE else batches:
        await _send(stage, phone, batch)
        if habit is Habit.RESENDS:
            await _send(stage, phone, batch)


def _read_cards(stage: Stage, child_ids: Sequence[str], at: datetime) -> list[Scan]:
    """Return scans with the instants that the phone's clock shows."""
    return [
        Scan(str(new_id()), child_id, stage.cards[child_id], at + place * A_CHILD)
        for place, child_id in enumerate(child_ids)
    ]


async def _send(stage: Stage, phone: StaffPhone, batch: Sequence[Scan]) -> None:
    # The platform takes the way of the request for an error of the clock; on a clock that runs a hundred times
    # too fast a moment is a minute. So only the phone whose clock is wrong says what it shows.
    wrong = ASTRAY if habit_of(phone) is Habit.ASTRAY else None
    results = await phone.send(batch, device_clock=stage.pace.now() + wrong if wrong else None)
    for scan, result in zip(batch, results, strict=True):
        stage.scans[result["outcome"]] += 1
        if result["outcome"] not in {"received", "moved", "already_yours"}:
            raise Broken(f"{phone.name} scanned {scan.child_id}: {result}")
        stage.holder[scan.child_id] = phone
        stage.meant.received.add(scan.child_id)
