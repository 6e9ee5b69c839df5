"""Refusals around swaps."""

from services.kernel.problems import Conflict


class SwapGone(Conflict):
    """This proposal is not open any more."""

    detail = "这个互换意向已经换成、撤回或失效，请刷新后再看。"


class AlreadyProposed(Conflict):
    """The same exchange is proposed already.

    Facts: ``offering``, ``swap_id``.
    """

    detail = (
        "您已经提出过换到“{offering}”，不用重复提交；有家庭接受时，两个名额最早从第二天起互换，并马上通知您。"
    )


class SwapNotNow(Conflict):
    """Places of this offering are exchanged only when its round is over.

    Facts: ``offering``, ``results_at`` and how it is said, ``results``.
    """

    detail = "“{offering}”这一轮选课还没有结束，{results} 公布结果之后才能互换。"


class SwapTooLate(Conflict):
    """No common day is left on which both places could change hands.

    Facts: ``offering``, ``other``.
    """

    detail = "“{offering}”和“{other}”已经没有共同的上课日子了，不能互换。"


class OfferPending(Conflict):
    """A place of the wanted offering is reserved for this child.

    Facts: ``offering``, ``entry_id``.
    """

    detail = "“{offering}”正给您的孩子保留着一个候补名额，请先接受或放弃，不用拿别的课去换。"


class OtherFamilyCannot(Conflict):
    """The other family's side does not stand any more; why is its own affair."""

    detail = "对方孩子的安排有变化，这次互换暂时办不了。您的名额没有变动。"
