"""Who from outside carries what: R21 papers on file, R20 the school's own teachers carry most of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy

OWN_SHARE = 0.5
"""R20 主要由本校教师承担: outside people carry at most this share of the hours."""


@dataclass(frozen=True)
class Papers:
    """What is on file about a partner; both days of the check are in its validity."""

    qualification: str | None
    check_no: str | None
    checked_on: date | None
    valid_until: date | None
    ended: bool = False

    def lacking(self, on: date) -> str | None:
        """Return in Chinese what is missing on that day, or None."""
        if self.ended:
            return "已经停止合作"
        if not self.qualification:
            return "没有登记资质"
        if not self.check_no or self.checked_on is None or self.valid_until is None:
            return "没有登记背景核查（编号、日期、有效期）"
        if not self.checked_on <= on <= self.valid_until:
            return f"背景核查的有效期是 {self.checked_on} 至 {self.valid_until}，不包括 {on}"
        return None


def outside_people(
    menu: Sequence[Proposal], papers: Mapping[str, Papers], *, on: date, until: date
) -> Iterator[Objection]:
    """R21, 三（四）2: object to a partner without papers on ``on``; warn of a check that ends before ``until``."""
    for proposal in menu:
        if not proposal.partner:
            continue
        held = papers[proposal.partner]
        lacking = held.lacking(on)
        if lacking is not None:
            yield Objection(
                rule="R21",
                clause="三（四）2",
                code="partner_papers_missing",
                force="must",
                sentence=f"{proposal.called} 由校外“{proposal.partner}”承担，但{lacking}，不能发布。",
                offerings=(proposal.code,),
            )
        elif held.valid_until is not None and held.valid_until < until:
            yield Objection(
                rule="R21",
                clause="三（四）2",
                code="partner_check_ends",
                force="should",
                sentence=f"{proposal.called} 的校外“{proposal.partner}”，背景核查在学期内的 {held.valid_until} 到期，"
                "请提前续办。",
                offerings=(proposal.code,),
            )


def own_teachers(menu: Sequence[Proposal], policy: Policy) -> Iterator[Objection]:
    """R20, 三（四）1: warn when people from outside carry more than half of the hours."""
    counted = [proposal for proposal in menu if policy.kinds[proposal.kind].counts_as_service]
    whole = sum(proposal.minutes_a_week for proposal in counted)
    outside = sum(proposal.minutes_a_week for proposal in counted if proposal.partner)
    if whole and outside / whole > OWN_SHARE:
        yield Objection(
            rule="R20",
            clause="三（四）1",
            code="outside_people_carry_most",
            force="should",
            sentence=f"每周 {whole / 60:g} 小时的课程里，有 {outside / 60:g} 小时由校外人员承担："
            "课后服务应主要由本校教师承担。",
        )
