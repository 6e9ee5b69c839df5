"""The school's counter, where staff write requests of families down."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Policy
from services.enrollment.requests.acts import Act
from services.enrollment.requests.record_request import Asked, Clerk, record_request
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import FIELD_KEYS, NOON, Family, Schools

ACT: TypeAdapter[Any] = TypeAdapter(Act)
HOMEROOM = text(
    "SELECT staff_id FROM staff WHERE school_id = :school_id"
    " AND homeroom_grade = :grade AND homeroom_class = :class_name"
)

SIBLING = text(
    "INSERT INTO guardianship SELECT (b).* FROM (SELECT jsonb_populate_record(g,"
    " jsonb_build_object('child_id', CAST(:sibling AS text))) AS b FROM guardianship g"
    " WHERE g.guardian_id = :guardian AND g.child_id = :child) AS copied"
)


def act(do: str, **facts: Any) -> Any:
    return ACT.validate_python({"do": do, **facts})


class Office:
    """An officer, or a teacher, at the school's counter."""

    def __init__(
        self, tx: AsyncSession, schools: Schools, policy: Policy, clerk: Clerk | None = None
    ) -> None:
        self.tx, self.school, self.policy = tx, schools.primary, policy
        self.clerk = clerk or Clerk(schools.officers["S001"], officer=True)

    async def record(
        self, family: Family, what: Any, *, guardian: UUID | None = None, how: str = "phone", now: Any = NOON
    ) -> UUID:
        asked = Asked(family.child_id, guardian or family.guardian_id, how, "妈妈来电说的", what)
        given: Any = {"policy": self.policy, "cipher": FieldCipher(FIELD_KEYS), "now": now}
        async with self.tx.begin_nested():
            return await record_request(self.tx, self.school, asked, self.clerk, **given)

    async def count(self, table: str) -> int:
        return int(await self.tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - a test's own word
