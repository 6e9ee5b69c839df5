"""A round of the sample school that a test walks through its hours inside one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.draw_round import draw_round
from services.enrollment.draw.own_results import ChildResult, own_results
from services.enrollment.draw.publish_results import publish_results
from services.enrollment.policy import read_policy
from services.enrollment.rounds.close_round import close_round
from services.enrollment.rounds.tables import Round
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import FIELD_KEYS, Family, Schools
from tests.enrollment.small_rounds import CLOSES, RESULTS, announced

FAMILIES_OF = Callable[..., Awaitable[list[Family]]]
COUNTS = text(
    "SELECT (SELECT count(*) FROM draw) AS draws, (SELECT count(*) FROM draw_entry) AS entries,"
    " (SELECT count(*) FROM draw_wish) AS wishes, (SELECT count(*) FROM place) AS places,"
    " (SELECT count(*) FROM outgoing) AS letters"
)


@dataclass
class Course:
    """A round of the primary school that walks through its hours inside one transaction."""

    tx: AsyncSession
    schools: Schools
    told: Round

    async def size(self, code: str, *, capacity: int, minimum: int = 1) -> None:
        await self.tx.execute(
            text("UPDATE offering SET capacity = :capacity, minimum_size = :minimum WHERE code = :code"),
            {"capacity": capacity, "minimum": minimum, "code": code},
        )

    async def close(self) -> None:
        self.told = await close_round(self.tx, self.told.school_id, self.told.round_id, now=CLOSES)

    async def draw(self) -> Round:
        ids = (self.told.school_id, self.told.round_id)
        return await draw_round(
            self.tx, *ids, cipher=FieldCipher(FIELD_KEYS), policy=read_policy(), now=CLOSES
        )

    async def publish(self, now: datetime = RESULTS) -> Round:
        return await publish_results(self.tx, self.told.school_id, self.told.round_id, now=now)

    async def all_of_it(self) -> None:
        await self.close()
        await self.draw()
        await self.publish()

    async def results(self, family: Family) -> list[ChildResult]:
        ids = (self.told.school_id, self.told.round_id)
        return await own_results(self.tx, *ids, guardian_id=family.guardian_id)

    async def outcomes(self, family: Family) -> list[tuple[str, str]]:
        child = next(one for one in await self.results(family) if one.child_id == family.child_id)
        return [(wish.outcome, wish.sentence) for wish in child.wishes]

    async def count(self) -> dict[str, int]:
        return dict((await self.tx.execute(COUNTS)).mappings().one())


async def begin_course(tx: AsyncSession, schools: Schools, **told: Any) -> Course:
    """Announce a round over clubs that open for whoever comes."""
    await tx.execute(text("UPDATE offering SET minimum_size = 1"))
    return Course(tx, schools, await announced(tx, schools, **told))
