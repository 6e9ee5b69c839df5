"""R01, 二（一）: until a fee standard is published no fee may be taken. Pure."""

from collections.abc import Iterator

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy


def fees(proposal: Proposal, policy: Policy) -> Iterator[Objection]:
    """Object to any fee while there is no standard."""
    if proposal.fee_fen != 0 and not policy.fees.standard_published:
        yield Objection(
            rule="R01",
            clause="二（一）",
            code="fee_without_standard",
            force="must",
            sentence=f"{proposal.called} 收费 {proposal.fee_fen / 100:g} 元：课后服务收费标准未出台之前，不得收费。",
            offerings=(proposal.code,),
            rows=() if proposal.row is None else (proposal.row,),
        )
