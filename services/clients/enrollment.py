"""Ask enrollment: the typed caller of its internal addresses."""

from typing import Any
from uuid import UUID

from services.contracts.internal.enrollment import (
    GuardianshipRequestIn,
    GuardianshipRequestOut,
    InvitationIn,
    PeopleFound,
    PhoneIn,
    RosterPage,
    SchoolList,
)
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

    async def people_by_phone(self, phone: str) -> PeopleFound:
        """Return everybody that a verified phone stands for, in all schools.

        A POST although it only asks: a phone must not stand in an address, where logs keep it.
        """
        return await self._remote.ask(
            "POST", "/internal/people", json=PhoneIn(phone=phone).model_dump(), answer=PeopleFound
        )

    async def accept_invitation(self, taken: InvitationIn) -> PeopleFound:
        """Make who holds the code an officer; returns everybody that the phone stands for from now on."""
        return await self._remote.ask(
            "POST",
            "/internal/invitations/acceptance",
            json=taken.model_dump(mode="json"),
            answer=PeopleFound,
        )

    async def request_guardianship(self, request: GuardianshipRequestIn) -> GuardianshipRequestOut:
        """Put a request before the school's officer; the same id again is the same request."""
        return await self._remote.ask(
            "POST",
            "/internal/guardianship-requests",
            params={"school_id": str(request.school_id)},
            json=request.model_dump(mode="json"),
            answer=GuardianshipRequestOut,
        )

    async def schools(self) -> SchoolList:
        """Return every school of the platform."""
        return await self._remote.ask("GET", "/internal/schools", answer=SchoolList)

    async def public_schools(self) -> Any:
        """Return what everybody may know of all schools (R02)."""
        return await self._remote.ask("GET", "/api/v1/public/schools")

    async def public_menu(self, school_id: str) -> Any:
        """Return a school's published menu, with safety measures and complaint contact (R02)."""
        return await self._remote.ask("GET", f"/api/v1/public/schools/{school_id}/menu")

    async def public_calendar(self, school_id: str) -> Any:
        """Return the running or coming term day by day (R02)."""
        return await self._remote.ask("GET", f"/api/v1/public/schools/{school_id}/calendar")

    async def public_rounds(self, school_id: str) -> Any:
        """Return the rounds that can be seen, with times and hashes (R02)."""
        return await self._remote.ask("GET", f"/api/v1/public/schools/{school_id}/rounds")
