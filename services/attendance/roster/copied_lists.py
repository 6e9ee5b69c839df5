"""What attendance copies of each list that enrollment tells, and how: one SELECT a list, from its JSON."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CopiedList:
    """A list of `RosterPage` and the rows that come of it."""

    told: str
    """The list's name on the page."""
    table: str
    key: tuple[str, ...]
    """Beside ``school_id``."""
    values: tuple[str, ...]
    select: str
    """Key and values, from the list as JSON (``:rows``)."""
    which: str = "true"
    """Which rows of the table are of this list."""

    @property
    def keeps_removed(self) -> bool:
        """Whether a row that is gone stays as ``removed``."""
        return "removed" in self.values


CALENDAR = CopiedList(
    "terms", "calendar_day", ("day_on", "term_id"), ("kind", "runs_as", "certain"),
    """SELECT day."on" AS day_on, term.term_id, day.kind, day.runs_as, day.certain
         FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS term(term_id uuid, days jsonb),
              jsonb_to_recordset(term.days) AS day("on" date, kind varchar, runs_as int, certain boolean)""",
)  # fmt: skip
GUARDIANS = CopiedList(
    "guardians", "guardian", ("guardian_id",), ("name", "removed"),
    """SELECT guardian_id, name, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS row(guardian_id uuid, name varchar, removed boolean)""",
)  # fmt: skip
PEOPLE_AT_GATE = ("name", "relation", "is_guardian", "rank", "may_collect", "told", "birth_year", "valid_from",
                  "valid_until", "weekdays", "removed")  # fmt: skip

LISTS = (
    CALENDAR,
    CopiedList(
        "staff", "adult", ("adult_id",), ("name", "personas", "homeroom_grade", "homeroom_class", "removed"),
        """SELECT staff_id AS adult_id, name, personas, homeroom_grade, homeroom_class, removed
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(staff_id uuid, name varchar, personas varchar[],
                  homeroom_grade int, homeroom_class varchar, removed boolean)""",
    ),
    CopiedList(
        "rooms", "room", ("room_id",), ("name", "capacity", "removed"),
        """SELECT room_id, name, capacity, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
               AS row(room_id uuid, name varchar, capacity int, removed boolean)""",
    ),
    CopiedList(
        "children", "child", ("child_id",),
        ("student_no", "name", "initials", "grade", "class_name", "boarder", "agreed_number", "removed"),
        """SELECT child_id, student_no, name, initials, grade, class_name, boarder, agreed_number, removed
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, student_no varchar, name varchar,
                  initials varchar, grade int, class_name varchar, boarder boolean, agreed_number int,
                  removed boolean)""",
    ),
    GUARDIANS,
    # A guardianship may come on a later page than its guardian, whose name therefore stands in a table of its own.
    CopiedList(
        "guardianships", "collector", ("child_id", "collector_id"), PEOPLE_AT_GATE,
        """SELECT row.child_id, row.guardian_id AS collector_id, guardian.name, row.relation, true AS is_guardian,
                  row.rank, row.may_collect, row.is_told AS told, CAST(NULL AS int) AS birth_year,
                  CAST(NULL AS date) AS valid_from, CAST(NULL AS date) AS valid_until,
                  CAST('{1,2,3,4,5,6,7}' AS smallint[]) AS weekdays, row.removed OR guardian.removed AS removed
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, guardian_id uuid,
                  relation varchar, rank int, may_collect boolean, is_told boolean, removed boolean)
             JOIN guardian ON guardian.school_id = :school_id AND guardian.guardian_id = row.guardian_id""",
        which="is_guardian",
    ),
    CopiedList(
        "collectors", "collector", ("child_id", "collector_id"), PEOPLE_AT_GATE,
        """SELECT child_id, collector_id, name, relation, false AS is_guardian, 9 AS rank, true AS may_collect,
                  false AS told, born_year AS birth_year, valid_from, valid_until, weekdays, removed
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, collector_id uuid, name varchar,
                  relation varchar, born_year int, valid_from date, valid_until date, weekdays smallint[],
                  removed boolean)""",
        which="NOT is_guardian",
    ),
    CopiedList(
        "blocked", "blocked", ("child_id", "blocked_id"), ("name", "reason", "removed"),
        """SELECT child_id, blocked_id, name, reason, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
               AS row(child_id uuid, blocked_id uuid, name varchar, reason varchar, removed boolean)""",
    ),
    CopiedList(
        "self_release", "self_release", ("child_id",), ("valid_from", "removed"),
        """SELECT child_id, valid_from, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
               AS row(child_id uuid, valid_from date, removed boolean)""",
    ),
    CopiedList(
        "offerings", "offering", ("offering_id",),
        ("term_id", "code", "name", "kind", "teacher_id", "room_id", "weekdays", "starts", "ends", "removed"),
        """SELECT offering_id, term_id, code, title AS name, kind, teacher_id, room_id, weekdays, starts, ends, removed
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(offering_id uuid, term_id uuid, code varchar,
                  title varchar, kind varchar, teacher_id uuid, room_id uuid, weekdays smallint[], starts time,
                  ends time, removed boolean)""",
    ),
    CopiedList(
        "places", "place", ("place_id",), ("child_id", "offering_id", "weekdays", "from_on", "until_on"),
        """SELECT place_id, child_id, offering_id, weekdays, from_on, until_on
             FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(place_id uuid, child_id uuid, offering_id uuid,
                  weekdays smallint[], from_on date, until_on date)""",
    ),
)  # fmt: skip
"""In the order in which they are written."""
