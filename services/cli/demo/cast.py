"""Who plays which part? Dealt from the school's sheets by a seed: the same seed, the same day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from services.cli.demo.read_sheets import SheetChild, SheetOffering, Sheets, SheetTeacher

EXPECTED = 925
"""So many children at least are chosen for; the others go home when lessons end."""
SHORT_CARE = 0.2
"""Share of families that want care until 17:30 only (R09)."""
CLUB_WISHES = 0.5
"""Share of the others that wish for clubs; with the favourites below several clubs are overrun."""
DRAWN_KINDS = frozenset({"社团", "文艺"})
"""These are wished for in ranked lists and drawn; the other clubs go to who comes first."""
MOST_WISHES, MOST_RUNS = 5, 3
SIBLINGS_TOGETHER = 0.5
"""Share of families with several wishing children that want them to end together."""
SILENT, MUTED = 0.06, 0.06
"""Share of families that allow no WeChat message, and of those that allowed some and muted them later in WeChat:
the platform believes it may send, and is told 43101."""
SIGNING = 0.6
"""Share of families that sign the evening before."""
SHORT, LONG = "17:30", "18:30"

ABSENCES = ("sick",) * 6 + ("went_home",) * 6 + ("with_other_teacher",) * 4 + ("turns_up",) * 4
"""Why a child that is expected does not stand in its line at 16:30, one for each such child."""
LATE_AFTER_SHORT = (6, 13, 22, 33)
LATE_AFTER_LONG = (5, 8, 12, 16, 21, 24, 28, 34)
"""Minutes after the end of care at which the late families come."""
BY_CODE = 0.45
"""Share of guardians that say the six characters instead of showing the QR code."""
ON_THEIR_WAY = 4
"""So many late families say that they are on their way."""


@dataclass
class Child:
    """A child of a family that takes part. ``child_id`` is known once the family's phone has asked."""

    sheet: SheetChild
    wishes: tuple[str, ...] = ()
    """Codes of drawn clubs, in the order in which the family would have them."""
    runs: tuple[str, ...] = ()
    """Codes of the clubs that it tries at eight sharp, in this order, until it has one."""
    absence: str | None = None
    alone: bool = False
    """Goes home by itself, with written permission."""
    child_id: str = ""

    @property
    def homeroom(self) -> tuple[int, str]:
        """Grade and class."""
        return self.sheet.grade, self.sheet.class_name


@dataclass
class Family:
    """A guardian's phone and the children it speaks for."""

    phone: str
    name: str
    children: list[Child]
    until: str = LONG
    """When care ends for these children (the school's wall clock)."""
    together: bool = False
    """Asks that siblings' clubs end at the same time."""
    signs: bool = True
    """Signs the agreement at once; the others are reminded, and their children cared for all the same (R29)."""
    allows: str = "messages"
    """Whether WeChat messages get through: messages, nothing, or muted."""
    comes_minutes: float = 0
    """When somebody comes, in minutes before (negative) or after the end of care."""
    on_the_way: bool = False
    shows: str = "qr"
    """What is shown at the door: qr or code."""
    collector: str | None = None
    """Who comes in the guardian's place."""
    unfit: str | None = None
    """A collector on file whose paper does not cover this day."""
    mischief: str | None = None
    """What goes wrong at the door before the child is released; see `MISCHIEF`."""

    @property
    def late(self) -> bool:
        """Whether nobody comes in time."""
        return self.comes_minutes > 0

    @property
    def there(self) -> list[Child]:
        """The children that are there to be collected."""
        return [child for child in self.children if child.absence not in {"sick", "went_home"}]


MISCHIEF = (
    "wrong_child",  # a stranger with a code that was stolen from this family asks for another child
    "wrong_child",
    "used_code",  # the code is shown again after the child has gone
    "used_code",
    "not_the_person",  # the teacher sees that it is not who the pass names
    "not_the_person",
    "guessed_code",  # somebody makes a code up
    "not_today",  # no pass for a collector whose paper names other weekdays
    "not_today",
    "blocked",  # a court's order reaches the school while the collector, a code in hand, is on the way
    "blocked",
)


@dataclass
class Cast:
    """Everybody who plays."""

    families: list[Family]
    homerooms: list[SheetTeacher]
    leaders: list[SheetTeacher]
    officer: SheetTeacher
    principal: SheetTeacher
    clubs: dict[str, SheetOffering]
    """The week's clubs by code."""
    club_teachers: list[SheetTeacher]
    """Of the day's clubs."""
    names: dict[str, str] = field(default_factory=dict)
    """Student number -> name, of all children of the school."""

    @property
    def children(self) -> list[Child]:
        """The children that are chosen for."""
        return [child for family in self.families for child in family.children]

    @property
    def teachers(self) -> list[SheetTeacher]:
        """Whoever has a teacher's phone in the day."""
        return [*self.homerooms, *self.club_teachers]


def deal_parts(sheets: Sheets, day: date, *, seed: int) -> Cast:
    """Choose the families and deal what will happen to them on ``day``."""
    chance = Random(seed)  # noqa: S311 - a play, no secret
    families = _choose_families(sheets, chance)
    clubs = {
        line.code: line for line in sheets.offerings if line.starts == LONG_STARTS and line.kind not in BASIC
    }
    todays = [line for line in clubs.values() if day.isoweekday() in line.weekdays]
    _deal_lateness(families, chance)
    _deal_care(families, clubs, chance)
    _deal_absence(families, chance)
    _deal_doors(families, sheets, day, chance)
    staff = {teacher.staff_no: teacher for teacher in sheets.teachers}
    return Cast(
        families=families,
        homerooms=[teacher for teacher in sheets.teachers if teacher.homeroom],
        leaders=[teacher for teacher in sheets.teachers if teacher.post == "值班领导"],
        officer=next(teacher for teacher in sheets.teachers if teacher.post == "课后服务管理员"),
        principal=next(teacher for teacher in sheets.teachers if teacher.post == "校长"),
        clubs=clubs,
        club_teachers=[staff[number] for number in sorted({line.teacher_no for line in todays})],
        names={child.student_no: child.name for child in sheets.children},
    )


LONG_STARTS = "17:30"
BASIC = frozenset({"托管", "作业辅导"})


def _choose_families(sheets: Sheets, chance: Random) -> list[Family]:
    """Choose whole families until enough children are expected; those with a paper on file first."""
    by_phone: dict[str, list[SheetChild]] = defaultdict(list)
    for child in sheets.children:
        by_phone[child.phone].append(child)
    papers = sheets.alone | set(sheets.blocked) | {line.student_no for line in sheets.collectors}

    def drawn(phone: str) -> tuple[bool, float]:
        on_paper = any(child.student_no in papers for child in by_phone[phone])
        return not (on_paper or len(by_phone[phone]) > 1), chance.random()

    families: list[Family] = []
    expected = 0
    for phone in sorted(by_phone, key=drawn):
        if expected >= EXPECTED:
            break
        children = by_phone[phone]
        families.append(Family(phone, children[0].guardian, [Child(child) for child in children]))
        expected += len(children)
    chance.shuffle(families)
    for family in families:
        family.signs = chance.random() < SIGNING
        family.allows = chance.choices(("messages", "nothing", "muted"), (1 - SILENT - MUTED, SILENT, MUTED))[
            0
        ]
    return families


def _deal_lateness(families: list[Family], chance: Random) -> None:
    """Let twelve families be late, some of whom allow no messages: the ladder must reach them by SMS."""
    for family in families:
        family.until = SHORT if chance.random() < SHORT_CARE else LONG
        family.comes_minutes = -chance.uniform(3, 18 if family.until == SHORT else 44)
    plain = [family for family in families if len(family.children) == 1]
    late = chance.sample(plain, len(LATE_AFTER_SHORT) + len(LATE_AFTER_LONG))
    ends = [SHORT] * len(LATE_AFTER_SHORT) + [LONG] * len(LATE_AFTER_LONG)
    for family, until, minutes in zip(late, ends, LATE_AFTER_SHORT + LATE_AFTER_LONG, strict=True):
        family.until, family.comes_minutes = until, minutes
        family.allows = "messages" if minutes % 3 else "muted"
    by_minutes = sorted(late, key=lambda family: -family.comes_minutes)
    for family in by_minutes[1 : 1 + ON_THEIR_WAY]:
        family.on_the_way = True


def _deal_care(families: Iterable[Family], clubs: dict[str, SheetOffering], chance: Random) -> None:
    """Let families wish for clubs: a few are everybody's favourites."""
    favourites = {
        code: 1 / (1 + place) for place, code in enumerate(chance.sample(sorted(clubs), len(clubs)))
    }
    for family in families:
        if family.until != LONG:
            continue
        for child in family.children:
            if chance.random() < CLUB_WISHES:
                fit = [code for code, club in clubs.items() if child.sheet.grade in club.grades]
                liked = _by_favour(fit, favourites, chance)
                drawn = [code for code in liked if clubs[code].kind in DRAWN_KINDS]
                others = [code for code in liked if clubs[code].kind not in DRAWN_KINDS]
                child.wishes = tuple(drawn[: chance.randint(1, MOST_WISHES)])
                child.runs = tuple(others[: chance.randint(1, MOST_RUNS)])
        wishing = sum(bool(child.wishes) for child in family.children)
        family.together = wishing > 1 and chance.random() < SIBLINGS_TOGETHER


def _by_favour(codes: Sequence[str], favour: dict[str, float], chance: Random) -> list[str]:
    """Return the codes in an order drawn by weight."""
    return sorted(codes, key=lambda code: -(chance.random() ** (1 / favour[code])))


def _plain(families: Iterable[Family]) -> list[Family]:
    """Return families of one child with no part of their own yet."""
    return [
        family
        for family in families
        if len(family.children) == 1
        and not (family.late or family.mischief or family.collector)
        and not (family.children[0].absence or family.children[0].alone)
    ]


def _deal_absence(families: list[Family], chance: Random) -> None:
    for family, absence in zip(chance.sample(_plain(families), len(ABSENCES)), ABSENCES, strict=True):
        family.children[0].absence = absence


def _deal_doors(families: list[Family], sheets: Sheets, day: date, chance: Random) -> None:
    """Say who goes alone, who is fetched by somebody else, with what in hand, and where it goes wrong."""
    collectors = {line.student_no: line for line in sheets.collectors}
    fit: list[Family] = []
    unfit: list[Family] = []
    for family in _plain(families):
        number = family.children[0].sheet.student_no
        if number in sheets.alone:
            family.children[0].alone = True
        elif number in collectors and collectors[number].may_come(day):
            family.collector = collectors[number].name
            fit.append(family)
        elif number in collectors:
            family.unfit = collectors[number].name
            unfit.append(family)
    for family in families:
        family.shows = "code" if family.collector or chance.random() < BY_CODE else "qr"
    pools = {"not_today": unfit, "blocked": fit}
    others = [family for family in _plain(families) if family.unfit is None]
    for mischief in MISCHIEF:
        pool = pools.get(mischief, others)
        family = pool.pop(chance.randrange(len(pool)))
        family.mischief = mischief
        family.shows = "code"
        # Trouble comes early: who really collects the child follows, still in time.
        family.until = LONG
        family.comes_minutes = -chance.uniform(12, 30)
