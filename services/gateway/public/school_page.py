"""What a school's public page shows: asked of enrollment, as everybody may ask it."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from pydantic import BaseModel

from services.clients.enrollment import EnrollmentClient
from services.gateway.public.errors import NoSuchSchool
from services.gateway.public.rules.unusual_days import open_workdays, uncertain_years, unusual_days
from services.gateway.public.rules.week_plan import alike, by_kind, fees, service_hours, week_by_grade
from services.gateway.public.shapes import (
    PublicCalendar,
    PublicRounds,
    PublicSchool,
    PublicSchools,
    PublishedMenu,
)
from services.kernel.problems import RemoteRefusal

NOT_THERE = (404, 409)
"""Nothing is published, or the school has no term now."""

OF_ONE_GROUP = frozenset({"grades", "classes", "teacher", "room", "assessment_no"})
"""What differs between the groups of one offering."""

Told = TypeVar("Told", bound=BaseModel)


async def all_schools(enrollment: EnrollmentClient) -> list[PublicSchool]:
    """Return the schools of the platform, by code."""
    return PublicSchools.model_validate(await enrollment.public_schools()).schools


async def school_page(enrollment: EnrollmentClient, code: str) -> dict[str, Any]:
    """Return what the page of the school with this code shows; what is not published is None.

    Raises:
        NoSuchSchool: no school has this code.
        NeighbourSilent: enrollment does not answer.
    """
    school = next((one for one in await all_schools(enrollment) if one.code == code), None)
    if school is None:
        raise NoSuchSchool(code=code)
    menu, calendar, rounds = await asyncio.gather(
        _told(enrollment.public_menu(school.school_id), PublishedMenu),
        _told(enrollment.public_calendar(school.school_id), PublicCalendar),
        _told(enrollment.public_rounds(school.school_id), PublicRounds),
    )
    offerings = menu.offerings if menu else []
    days, grades = week_by_grade(offerings)
    calendar_days = calendar.days if calendar else []
    return {
        "school": school,
        "menu": menu,
        "calendar": calendar,
        "rounds": rounds.rounds if rounds else [],
        "hours": service_hours(offerings),
        "fees": fees(offerings),
        "groups": [(label, len(some), alike(some, but=OF_ONE_GROUP)) for label, some in by_kind(offerings)],
        "week_days": days,
        "week": grades,
        "workdays": open_workdays(calendar_days),
        "unusual": unusual_days(calendar_days),
        "uncertain": uncertain_years(calendar_days),
    }


async def _told(asked: Awaitable[Any], shape: type[Told]) -> Told | None:
    try:
        return shape.model_validate(await asked)
    except RemoteRefusal as refusal:
        if refusal.status not in NOT_THERE:
            raise
        return None
