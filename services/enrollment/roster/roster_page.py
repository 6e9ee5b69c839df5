"""One page of everything that attendance and notifications copy of a school."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.internal import enrollment as wire
from services.contracts.wire import Wire
from services.enrollment.agreements.tables import AgreementText
from services.enrollment.families import tables as families
from services.enrollment.menu.tables import Offering
from services.enrollment.roster.errors import NoRoster
from services.enrollment.roster.page_bounds import page_bounds
from services.enrollment.schools import tables as schools
from services.enrollment.selection.tables import Place
from services.enrollment.table import EnrollmentTable
from services.kernel.cipher import FieldCipher

Entry = TypeVar("Entry", bound=Wire)
UNPUBLISHED = col(Offering.state).in_(("proposed", "refused", "draft"))
"""What was never published is nobody else's business."""

Extra = Callable[[Any], dict[str, Any]]


async def roster_page(
    tx: AsyncSession, school_id: UUID, *, since: int, limit: int, cipher: FieldCipher
) -> wire.RosterPage:
    """Return what changed after ``since``, whole versions of about ``limit`` rows together.

    Raises:
        NoRoster: no such school in this transaction's scope.
    """
    school = await school_entry(tx, school_id)
    version, more = await page_bounds(tx, school_id, since=since, limit=limit)
    span = _Span(tx, school_id, since, version)

    def with_phone(row: Any) -> dict[str, Any]:
        return {"phone": cipher.open(row.phone_sealed)}

    return wire.RosterPage(
        school=school,
        since=since,
        version=version,
        more=more,
        terms=await span.read(schools.Term, wire.TermEntry),
        children=await span.read(families.Child, wire.ChildEntry),
        staff=await span.read(schools.Staff, wire.StaffEntry, with_phone),
        rooms=await span.read(schools.Room, wire.RoomEntry),
        guardians=await span.read(families.Guardian, wire.GuardianEntry, with_phone),
        guardianships=await span.read(families.Guardianship, wire.GuardianshipEntry),
        collectors=await span.read(families.Collector, wire.CollectorEntry, with_phone),
        blocked=await span.read(families.BlockedPerson, wire.BlockedEntry),
        self_release=await span.read(families.SelfReleasePermission, wire.SelfReleaseEntry),
        offerings=await span.read(Offering, wire.OfferingEntry, _withdrawn, but=UNPUBLISHED),
        places=await span.read(Place, wire.PlaceEntry),
    )


async def school_entry(tx: AsyncSession, school_id: UUID) -> wire.SchoolEntry:
    """Return the school itself as neighbours see it; raises NoRoster."""
    school = await tx.get(schools.School, school_id)
    if school is None:
        raise NoRoster
    number = await tx.scalar(
        select(func.max(col(AgreementText.number))).where(col(AgreementText.school_id) == school_id)
    )
    return wire.SchoolEntry.model_validate({**school.model_dump(), "agreement_number": number})


class _Span:
    """The versions of one page."""

    def __init__(self, tx: AsyncSession, school_id: UUID, since: int, version: int) -> None:
        self._tx = tx
        self._school_id = school_id
        self._since = since
        self._version = version

    async def read(
        self,
        table: type[EnrollmentTable],
        entry: type[Entry],
        extra: Extra | None = None,
        but: ColumnElement[bool] | None = None,
    ) -> list[Entry]:
        """Return a table's rows of these versions as entries, in the order of their making, all ``but`` some."""
        columns = table.metadata.tables[str(table.__tablename__)].columns
        rows = await self._tx.execute(
            select(*columns)
            .where(
                columns["school_id"] == self._school_id,
                columns["version"] > self._since,
                columns["version"] <= self._version,
                *([] if but is None else [~but]),
            )
            .order_by(*table.metadata.tables[str(table.__tablename__)].primary_key.columns)
        )
        return list(_entries(rows.all(), entry, extra))


def _entries(rows: Iterable[Row[Any]], entry: type[Entry], extra: Extra | None) -> Iterable[Entry]:
    for row in rows:
        known = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
        yield entry.model_validate({**known, **extra(row)} if extra is not None else known)


def _withdrawn(offering: Any) -> dict[str, Any]:
    """A withdrawn offering goes on meeting until its last day is over (`menu/withdraw_offering.py`)."""
    return {"removed": offering.state != "published" and offering.meets_until is None}
