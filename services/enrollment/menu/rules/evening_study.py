"""R11, 三（二）: evening study is for junior grades, belongs to no subject, and in principle ends by 20:30. Pure."""

from collections.abc import Iterator
from typing import Literal

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy
from services.enrollment.words import grades_text

KIND = "evening_study"


def evening_study(proposal: Proposal, policy: Policy) -> Iterator[Objection]:
    """Judge an offering of this kind; others pass."""
    if proposal.kind != KIND:
        return
    allowed = policy.kinds[KIND].grades
    if not set(proposal.grades) <= set(allowed):
        yield _objection(
            proposal,
            "evening_study_grades",
            "must",
            f"晚自习只能面向{grades_text(sorted(allowed))}（初中），小学不得开设。",
        )
    if proposal.subject:
        yield _objection(
            proposal,
            "evening_study_subject",
            "must",
            f"写了学科“{proposal.subject}”：晚自习不得讲授新课，不得分配到学科。",
        )
    latest = policy.junior_evening_latest_end
    if proposal.ends > latest:
        yield _objection(
            proposal,
            "evening_study_late",
            "should",
            f"{proposal.ends:%H:%M} 才结束，原则上不晚于 {latest:%H:%M}。",
        )


def _objection(proposal: Proposal, code: str, force: Literal["must", "should"], said: str) -> Objection:
    return Objection(
        rule="R11",
        clause="三（二）",
        code=code,
        force=force,
        sentence=f"{proposal.called} {said}",
        offerings=(proposal.code,),
        rows=() if proposal.row is None else (proposal.row,),
    )
