"""Up to which version does a page of the feed go?"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

COPIED = (
    "term",
    "child",
    "staff",
    "room",
    "guardian",
    "guardianship",
    "collector",
    "blocked_person",
    "self_release_permission",
    "offering",
    "place",
    "agreement_text",
)
"""Tables whose rows carry ``version`` because somebody copies them."""

_NEWEST = text("SELECT version FROM school_version WHERE school_id = :school_id")
_COUNT_ONE = (
    "SELECT version, count(*) AS rows FROM {table}"
    " WHERE school_id = :school_id AND version > :since AND version <= :newest GROUP BY version"
)
_COUNTS = text(
    "SELECT version, sum(rows)::int AS rows FROM ({}) AS changed GROUP BY version ORDER BY version".format(  # noqa: S608 - our own table names
        " UNION ALL ".join(_COUNT_ONE.format(table=table) for table in COPIED)
    )
)


async def page_bounds(tx: AsyncSession, school_id: UUID, *, since: int, limit: int) -> tuple[int, bool]:
    """Return the last version of the page after ``since``, and whether more follow.

    As many whole versions as hold about ``limit`` rows, at least one: a version is never split. The last page
    ends at the school's counter, as a version may have changed the school's entry alone.
    """
    newest = int(await tx.scalar(_NEWEST, {"school_id": school_id}) or 0)
    facts = {"school_id": school_id, "since": since, "newest": newest}
    counts = [(row.version, row.rows) for row in await tx.execute(_COUNTS, facts)]
    upto, more = cut(counts, since=since, limit=limit)
    return (upto, True) if more else (max(newest, since), False)


def cut(counts: Iterable[tuple[int, int]], *, since: int, limit: int) -> tuple[int, bool]:
    """Choose the last version of a page from (version, rows), ascending. Pure."""
    upto, taken = since, 0
    for version, rows in counts:
        if taken and taken + rows > limit:
            return upto, True
        upto, taken = version, taken + rows
    return upto, False
