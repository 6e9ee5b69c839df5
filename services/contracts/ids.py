"""Names of the ids that cross the wire; each is a UUIDv7 made by whoever makes the fact."""

from typing import NewType
from uuid import UUID

SchoolId = NewType("SchoolId", UUID)
ChildId = NewType("ChildId", UUID)
StaffId = NewType("StaffId", UUID)
GuardianId = NewType("GuardianId", UUID)
CollectorId = NewType("CollectorId", UUID)
RoomId = NewType("RoomId", UUID)
OfferingId = NewType("OfferingId", UUID)
EntryId = NewType("EntryId", UUID)
CaseId = NewType("CaseId", UUID)
AccountId = NewType("AccountId", UUID)
