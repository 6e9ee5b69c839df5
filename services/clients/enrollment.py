"""Ask enrollment: the typed caller of its internal addresses."""

from uuid import UUID

from services.contracts.internal.enrollment import RosterPage
from services.kernel.remote import Remote


class EnrollmentClient:
    """Enrollment as its neighbours see it. Refusals come back as `RemoteRefusal`, silence as `NeighbourSilent`."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def roster_page(self, school_id: UUID, *, since: int, limit: int) -> RosterPage:
        """Return what changed of a school's roster after version ``since``: about ``limit`` rows, whole versions."""
        return await self._remote.ask(
            "GET",
            "/internal/roster",
            params={"school_id": str(school_id), "since": since, "limit": limit},
            answer=RosterPage,
        )
