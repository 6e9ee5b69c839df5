"""The directory's copy of the roster: taken page by page, compared with its owner, made anew when it went wrong."""

from datetime import datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.internal.enrollment import RosterPage
from services.contracts.internal.roster_copies import ListComparison
from services.kernel.cipher import FieldCipher
from services.kernel.resources import Resources
from services.notifications.directory.copied_lists import LISTS
from services.notifications.directory.copy_roster import (
    compare_rows,
    copy_roster,
    forget,
    key_of,
    rows_here,
    rows_of,
)
from services.notifications.directory.tables import School


class Copied(Protocol):
    """What is done in a school's scope once its copy is up to date."""

    async def __call__(self, tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
        """``now`` is the domain's instant."""
        ...


class DirectoryCopy:
    """`services.clients.roster_copy.RosterCopy` on the directory's tables."""

    def __init__(self, resources: Resources, copied: Copied) -> None:
        self._held = resources
        self._copied = copied

    @cached_property
    def _cipher(self) -> FieldCipher:
        return self._held.cipher()

    async def hold(self, tx: AsyncSession, school_id: UUID) -> int | None:
        """Return the copied version; nobody takes a page of this school before the transaction ends."""
        version: int | None = await tx.scalar(
            select(col(School.roster_version)).where(col(School.school_id) == school_id).with_for_update()
        )
        return version

    async def take(self, tx: AsyncSession, page: RosterPage) -> bool:
        """Write a page; False when it does not follow on what is here."""
        return await copy_roster(tx, page, self._cipher)

    async def settle(
        self, tx: AsyncSession, school_id: UUID, page: RosterPage | None, *, now: datetime
    ) -> None:
        """Tell what had waited for the roster, also when nothing was new: it may have come with the pull before."""
        del page
        await self._copied(tx, school_id, now=now)

    async def compare(self, tx: AsyncSession, whole: RosterPage) -> list[ListComparison]:
        """Return how each list stands beside what a copy from scratch would hold."""
        school_id = whole.school.school_id
        name = await tx.scalar(select(col(School.name)).where(col(School.school_id) == school_id))
        known = name is not None
        told = {
            "here": int(known),
            "lacking": int(not known),
            "different": int(known and name != whole.school.name),
        }
        lists = [ListComparison(name="school", there=1, beyond=0, **told)]
        for one in LISTS:
            there = rows_of(one, school_id, getattr(whole, one.told), self._cipher)
            lists.append(compare_rows(one, there, await rows_here(tx, one, school_id)))
        return lists

    async def renew(self, tx: AsyncSession, whole: RosterPage) -> None:
        """Write the whole roster, and forget what is not in it."""
        school_id = whole.school.school_id
        await copy_roster(tx, whole, self._cipher)
        for one in LISTS:
            told = {key_of(one, entry) for entry in getattr(whole, one.told)}
            here = await rows_here(tx, one, school_id)
            await forget(tx, one, school_id, sorted(here.keys() - told))
