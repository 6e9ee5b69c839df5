"""R18, 三（四）: a room holds the children whom an offering takes. Pure."""

from collections.abc import Iterator, Sequence

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal


def room_size(menu: Sequence[Proposal]) -> Iterator[Objection]:
    """Warn of each offering that takes more children than its room holds."""
    for proposal in menu:
        if proposal.room_holds is not None and proposal.capacity > proposal.room_holds:
            yield Objection(
                rule="R18",
                clause="三（四）",
                code="capacity_above_room",
                force="should",
                sentence=f"{proposal.called} 人数上限 {proposal.capacity} 超过“{proposal.room}”的容量"
                f" {proposal.room_holds}。",
                offerings=(proposal.code,),
            )
