"""What enrollment would answer about a small school: its roster, page by page."""

from typing import Any
from uuid import UUID

from services.contracts.internal.enrollment import RosterPage
from services.kernel.problems import NeighbourSilent
from tests.attendance.small_school import SmallSchool

KEPT = {"school", "since", "version", "more"}


class Enrollment:
    """Enrollment's side of the agreement: pages by version, never one split, newest state of each row."""

    def __init__(self, school: SmallSchool) -> None:
        self.school = school
        self.pages: list[RosterPage] = []
        self.asked: list[int] = []
        self.silent = False

    def tell(self, **lists: Any) -> None:
        """Add a page after the last one."""
        since = self.pages[-1].version if self.pages else 0
        kept = {"school", "since", "version", "more"}
        empty: dict[str, Any] = {name: [] for name in RosterPage.model_fields if name not in kept}
        told = {"since": since, "version": since + 10, **empty, **lists}
        self.pages.append(self.school.page().model_copy(update=told))

    async def roster_page(self, school_id: UUID, *, since: int, limit: int) -> RosterPage:
        assert limit > 0
        assert school_id == self.school.school_id
        if self.silent:
            raise NeighbourSilent(neighbour="enrollment")
        self.asked.append(since)
        for page in self.pages:
            if page.since == since:
                return page.model_copy(update={"more": page is not self.pages[-1]})
        last = self.pages[-1]
        nothing: dict[str, Any] = {name: [] for name in RosterPage.model_fields if name not in KEPT}
        return last.model_copy(update={"since": since, "version": last.version, "more": False, **nothing})


def told_in_three_pages(school: SmallSchool) -> Enrollment:
    """Guardians come on the first page, what they are to children on the second, places on the third."""
    told, page = Enrollment(school), school.page()
    told.tell(terms=page.terms, staff=page.staff, rooms=page.rooms, guardians=page.guardians)
    told.tell(
        children=page.children,
        guardianships=page.guardianships,
        collectors=page.collectors,
        blocked=page.blocked,
        self_release=page.self_release,
    )
    told.tell(offerings=page.offerings, places=page.places)
    return told
