"""What a changed offering does to the children who hold places in it (decision 21). Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal
from uuid import UUID

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy
from services.enrollment.words import grade_label


@dataclass(frozen=True)
class Holder:
    """A child with a place, now or later, or with one reserved for it."""

    child_id: UUID
    grade: int
    class_name: str

    def fits(self, offering: Proposal) -> bool:
        """Whether grades and classes of the offering are meant for it."""
        in_class = (
            offering.classes is None or f"{grade_label(self.grade)}{self.class_name}" in offering.classes
        )
        return self.grade in offering.grades and in_class


Holders = Mapping[str, Collection[Holder]]
"""By the offering's code."""


def kept_places(
    menu: Sequence[Proposal], changed: Collection[str], holders: Holders, policy: Policy
) -> Iterator[Objection]:
    """Judge the changed offerings as they shall be: no place is taken by a publication.

    Fewer seats than children and two clubs of a child at one time block; a grade or class that is not meant any
    more is named, and its children keep their places. A group of basic care only takes no further ones (R03).
    """
    by_code = {proposal.code: proposal for proposal in menu}
    clubs = {code for code, one in by_code.items() if not policy.kinds[one.kind].basic}
    for code in sorted(set(changed) & by_code.keys()):
        offering, here = by_code[code], holders.get(code, ())
        if len(here) > offering.capacity:
            yield _objection(
                "capacity_below_places",
                "must" if code in clubs else "should",
                f"{offering.called} 已有 {len(here)} 名孩子，人数上限不能减到 {offering.capacity}。"
                if code in clubs
                else f"{offering.called} 已有 {len(here)} 名孩子，超过每组 {offering.capacity} 人：他们留在本组，"
                "新来的孩子会编入其他组。",
                (code,),
            )
        outside = sum(1 for holder in here if not holder.fits(offering))
        if outside:
            yield _objection(
                "holders_left_out",
                "should",
                f"{offering.called} 已选上的孩子里有 {outside} 名不在改后的年级或班级范围内：他们保留名额，请确认。",
                (code,),
            )
    yield from _clashes(by_code, set(changed) & clubs, clubs, holders)


def _clashes(
    by_code: Mapping[str, Proposal], changed: set[str], clubs: set[str], holders: Holders
) -> Iterator[Objection]:
    of_child: dict[UUID, set[str]] = {}
    for code in clubs:
        for holder in holders.get(code, ()):
            of_child.setdefault(holder.child_id, set()).add(code)
    both: Counter[tuple[str, str]] = Counter()
    for codes in of_child.values():
        pairs = {
            (one, other) if other not in changed or one < other else (other, one)
            for one, other in product(codes & changed, codes)
            if one != other and by_code[one].meets(by_code[other])
        }
        both.update(pairs)
    for (one, other), children in sorted(both.items()):
        yield _objection(
            "child_in_two_places",
            "must",
            f"{by_code[one].called} 改后与 {by_code[other].called} 时间重叠，有 {children} 名孩子两门都选了。",
            (one, other),
            rule="R18",
            clause="三（四）",
        )


def _objection(
    code: str,
    force: Literal["must", "should"],
    sentence: str,
    offerings: tuple[str, ...],
    *,
    rule: str = "R14",
    clause: str = "三（三）",
) -> Objection:
    return Objection(rule=rule, clause=clause, code=code, force=force, sentence=sentence, offerings=offerings)
