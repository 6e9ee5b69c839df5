"""The calendar: terms, single days, for officers; and read by families and everybody (R02, R08, R13)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.contracts.personas import OFFICERS
from services.enrollment.calendar.lay_calendar import days_of
from services.enrollment.calendar.rules.school_days import SchoolDay
from services.enrollment.calendar.set_school_day import OwnWord, clear_school_day, set_school_day
from services.enrollment.calendar.set_term import TermFacts, add_term, change_term
from services.enrollment.calendar.term_findings import term_findings
from services.enrollment.calendar.terms_on_file import term_asked_for, terms_on_file
from services.enrollment.given import PolicyInForce
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.schools.tables import Term
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, PublicTx, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1")

TermKind = Literal["term", "winter_opening", "summer_opening"]


class TermIn(BaseModel):
    """A term or a holiday opening; both days are in it."""

    school_id: UUID
    name: Annotated[str, Field(min_length=1, max_length=60)]
    kind: TermKind
    starts_on: date
    ends_on: date

    def facts(self) -> TermFacts:
        """Shape it for the command."""
        return TermFacts(self.name, self.kind, self.starts_on, self.ends_on)


class TermOut(BaseModel):
    """A term, and what the policy says about its dates, weekends and menu."""

    school_id: UUID
    term_id: UUID
    name: str
    kind: TermKind
    starts_on: date
    ends_on: date
    findings: list[Objection]


class TermsOut(BaseModel):
    """A school's terms, by their begin."""

    terms: list[TermOut]


class DayOut(BaseModel):
    """A day. ``runs_as``: the weekday whose timetable it follows (1 Monday … 7), null: closed.

    ``certain`` is false where the arrangement is not known yet; ``warning`` then says so. ``why`` names the
    holiday or the school's reason.
    """

    on: date
    kind: Literal["workday", "weekend", "holiday"]
    runs_as: int | None
    certain: bool
    why: str | None
    warning: str | None


class CalendarOut(BaseModel):
    """A term day by day."""

    school_id: UUID
    term_id: UUID
    term: str
    starts_on: date
    ends_on: date
    days: list[DayOut]


class OwnDayIn(BaseModel):
    """How the school serves on a day, by its own word; no ``runs_as``: it is closed. Families read the reason."""

    school_id: UUID
    runs_as: Annotated[int, Field(ge=1, le=7)] | None
    reason: Annotated[str, Field(min_length=1, max_length=60)]


@router.get("/calendar", tags=["calendar"])
async def calendar(
    school_id: UUID, who: Caller, tx: Tx, now: Now, term_id: UUID | None = None
) -> CalendarOut:
    """Return a term day by day, for staff and families of the school; without a name the running or next one."""
    who.person_in(school_id)
    return _calendar(await term_asked_for(tx, school_id, term_id, on=school_day(now)))


@router.get("/public/schools/{school_id}/calendar", tags=["public"])
async def public_calendar(
    school_id: UUID, tx: PublicTx, now: Now, term_id: UUID | None = None
) -> CalendarOut:
    """Return a term day by day, without logging in."""
    return _calendar(await term_asked_for(tx, school_id, term_id, on=school_day(now)))


@router.put("/calendar/days/{service_on}", tags=["calendar"], response_model=DayOut)
async def set_day(
    service_on: date, body: OwnDayIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> DayOut | Response:
    """Close a day, open it, or let it run as another weekday, today or later; families are told."""
    who.require(*OFFICERS)
    word = OwnWord(service_on, body.runs_as, body.reason, who.person_in(body.school_id))

    async def make() -> DayOut:
        return _day(await set_school_day(tx, body.school_id, word, policy=policy, now=now))

    return await once(make)


@router.delete("/calendar/days/{service_on}", tags=["calendar"], response_model=DayOut)
async def clear_day(
    service_on: date, school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> DayOut | Response:
    """Let the day be again as the calendar has it."""
    who.require(*OFFICERS)
    who.person_in(school_id)

    async def make() -> DayOut:
        return _day(await clear_school_day(tx, school_id, service_on, policy=policy, now=now))

    return await once(make)


@router.get("/calendar/terms", tags=["calendar"])
async def terms(school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now) -> TermsOut:
    """Return the school's terms and holiday openings with what the policy says about each."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    today = school_day(now)
    found = [
        _term(term, await term_findings(tx, term, policy=policy, today=today))
        for term in await terms_on_file(tx, school_id)
    ]
    return TermsOut(terms=found)


@router.post("/calendar/terms", status_code=201, tags=["calendar"], response_model=TermOut)
async def new_term(
    body: TermIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> TermOut | Response:
    """Put a term or a holiday opening on file; one that is too short is told so and blocks its menu (R13)."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> TermOut:
        term = await add_term(tx, body.school_id, body.facts(), policy=policy, now=now)
        return _term(term, await term_findings(tx, term, policy=policy, today=school_day(now)))

    return await once(make)


@router.put("/calendar/terms/{term_id}", tags=["calendar"], response_model=TermOut)
async def set_term(
    term_id: UUID, body: TermIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> TermOut | Response:
    """Rename a term or move its ends; days that were served stay in it."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> TermOut:
        term = await change_term(tx, body.school_id, term_id, body.facts(), policy=policy, now=now)
        return _term(term, await term_findings(tx, term, policy=policy, today=school_day(now)))

    return await once(make)


def _term(term: Term, findings: list[Objection]) -> TermOut:
    return TermOut.model_validate({**term.model_dump(), "findings": findings})


def _day(day: SchoolDay) -> DayOut:
    return DayOut.model_validate({**vars(day), "warning": day.warning})


def _calendar(term: Term) -> CalendarOut:
    return CalendarOut(
        school_id=term.school_id,
        term_id=term.term_id,
        term=term.name,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        days=[_day(day) for day in days_of(term)],
    )
