"""What a school's public page shows: asked of enrollment, as everybody may ask it."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel

from services.clients.enrollment import EnrollmentClient
from services.gateway.public.errors import NoSuchSchool
from services.gateway.public.rules.in_words import clock_time, weekdays
from services.kernel.problems import RemoteRefusal

NOT_FOUND = 404


class PublicSchool(BaseModel):
    """A school as everybody may know it."""

    school_id: str
    code: str
    name: str
    county: str
    releases_at: str
    safety_measures: str | None = None
    complaint_contact: str | None = None


class PublicSchools(BaseModel):
    """All schools."""

    schools: list[PublicSchool]


class PublishedOffering(BaseModel):
    """One line of the published menu."""

    title: str
    kind_label: str
    basic: bool
    weekdays: list[int]
    starts: str
    ends: str
    grades: list[int]
    capacity: int
    content: str | None = None
    fee_fen: int
    teacher: str | None = None
    room: str | None = None


class PublishedMenu(BaseModel):
    """The menu in force."""

    term: str
    starts_on: date
    ends_on: date
    number: int
    published_at: AwareDatetime
    offerings: list[PublishedOffering]


async def all_schools(enrollment: EnrollmentClient) -> list[PublicSchool]:
    """Return the schools of the platform, by code."""
    return PublicSchools.model_validate(await enrollment.public_schools()).schools


async def school_page(enrollment: EnrollmentClient, code: str) -> dict[str, Any]:
    """Return what the page of the school with this code shows; without a menu where none is published.

    Raises:
        NoSuchSchool: no school has this code.
        NeighbourSilent: enrollment does not answer.
    """
    school = next((one for one in await all_schools(enrollment) if one.code == code), None)
    if school is None:
        raise NoSuchSchool(code=code)
    try:
        menu = PublishedMenu.model_validate(await enrollment.public_menu(school.school_id))
    except RemoteRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        menu = None
    offerings = menu.offerings if menu else []
    return {
        "school": school,
        "menu": menu,
        "hours": service_hours(offerings),
        "fees": fees(offerings),
        "groups": by_kind(offerings),
    }


def by_kind(offerings: list[PublishedOffering]) -> list[tuple[str, list[PublishedOffering]]]:
    """Group by kind, the care that takes everybody first."""
    groups: dict[str, list[PublishedOffering]] = {}
    for one in sorted(offerings, key=lambda one: (not one.basic, one.kind_label, one.starts, one.title)):
        groups.setdefault(one.kind_label, []).append(one)
    return list(groups.items())


def service_hours(offerings: list[PublishedOffering]) -> list[str]:
    """Say from when to when the school serves on which weekdays."""
    hours: dict[tuple[str, str], list[int]] = {}
    for day in range(1, 8):
        that_day = [one for one in offerings if day in one.weekdays]
        if that_day:
            starts, ends = min(one.starts for one in that_day), max(one.ends for one in that_day)
            hours.setdefault((clock_time(starts), clock_time(ends)), []).append(day)
    return [f"{weekdays(days)} {starts}–{ends}" for (starts, ends), days in hours.items()]


def fees(offerings: list[PublishedOffering]) -> str:
    """Say what it costs."""
    dear = max((one.fee_fen for one in offerings), default=0)
    return "不收费。" if dear == 0 else f"部分项目收费，最高 {dear / 100:g} 元，以公布的标准为准。"
