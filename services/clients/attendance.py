"""Ask attendance: the typed caller of what its neighbours need."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.remote import Remote
from services.kernel.tokens import Identity


class AttendanceClient:
    """Attendance as its neighbours see it. Refusals come back as `RemoteRefusal`, silence as `NeighbourSilent`."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def duty_board(self, who: Identity, school_id: UUID, service_on: date) -> Any:
        """Return a school's duty board as this member of staff may see it; only the gateway may ask for a person."""
        return await self._remote.acting_for(who).ask(
            "GET",
            "/api/v1/boards/duty",
            params={"school_id": str(school_id), "service_on": service_on.isoformat()},
        )
