"""R17, 三（三）: what can never be offered, and what needs an assessment on file. Pure."""

from collections.abc import Iterator

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy


def natures(proposal: Proposal, policy: Policy) -> Iterator[Objection]:
    """Object to a forbidden nature, and to a missing assessment."""
    nature = policy.natures[proposal.nature]
    if nature.forbidden:
        yield _objection(
            proposal, "nature_forbidden", f"性质为“{nature.label}”，属于课后服务严禁开展的内容，不能发布。"
        )
    elif not proposal.assessment_no and (reason := needs_assessment(proposal, policy)) is not None:
        yield _objection(
            proposal, "assessment_missing", f"{reason}，需要先完成风险评估并填写“风险评估编号”，才能发布。"
        )


def needs_assessment(proposal: Proposal, policy: Policy) -> str | None:
    """Why an offering needs an assessment on file, or None: its nature, or a word of its title or room shows it."""
    if policy.natures[proposal.nature].needs_assessment:
        return f"性质为“{policy.natures[proposal.nature].label}”"
    for word in policy.assessment.title_words:
        if word in proposal.title:
            return f"课程名称含“{word}”"
    for word in policy.assessment.room_words:
        if word in (proposal.room or ""):
            return f"地点在“{proposal.room}”"
    return None


def _objection(proposal: Proposal, code: str, said: str) -> Objection:
    return Objection(
        rule="R17",
        clause="三（三）",
        code=code,
        force="must",
        sentence=f"{proposal.called} {said}",
        offerings=(proposal.code,),
        rows=() if proposal.row is None else (proposal.row,),
    )
