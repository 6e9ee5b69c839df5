"""What enrollment tells everybody of a school, as far as its page shows it; what else it tells is left aside."""

from datetime import date

from pydantic import AwareDatetime, BaseModel


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
    """One line of the published menu; what an older publication does not have is left empty."""

    title: str
    kind_label: str
    nature_label: str | None = None
    basic: bool
    weekdays: list[int]
    starts: str
    ends: str
    grades: list[int]
    classes: list[str] | None = None
    by_invitation: bool = False
    by_round: bool = False
    capacity: int
    content: str | None = None
    aims: str = ""
    materials: str = ""
    assessment_no: str | None = None
    fee_fen: int
    teacher: str | None = None
    partner: str | None = None
    partner_kind: str | None = None
    room: str | None = None


class PublishedMenu(BaseModel):
    """The menu in force."""

    term: str
    starts_on: date
    ends_on: date
    number: int
    published_at: AwareDatetime
    offerings: list[PublishedOffering]


class CalendarDay(BaseModel):
    """A day of the term; ``runs_as`` null: closed."""

    on: date
    kind: str
    runs_as: int | None
    certain: bool = True
    why: str | None = None


class PublicCalendar(BaseModel):
    """The term day by day."""

    term: str
    starts_on: date
    ends_on: date
    days: list[CalendarDay]


class RoundChange(BaseModel):
    """What was changed after the announcement."""

    changed_at: AwareDatetime
    reason: str


class PublicRound(BaseModel):
    """A round of choosing."""

    round_id: str
    kind: str
    title: str
    phase: str
    order: str | None = None
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    results_at: AwareDatetime
    most_clubs: int
    seed_hash: str | None = None
    entries_root: str | None = None
    cancelled_at: AwareDatetime | None = None
    cancel_reason: str | None = None
    changes: list[RoundChange] = []


class PublicRounds(BaseModel):
    """Rounds by opening."""

    rounds: list[PublicRound]
