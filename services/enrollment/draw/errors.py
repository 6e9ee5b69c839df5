"""Refusals around a draw."""

from services.kernel.problems import Conflict


class ResultsNotOut(Conflict):
    """The results of this round are not out yet.

    Facts: ``round_id``, ``results_at`` and how it is said, ``results``.
    """

    detail = "这一轮的结果还没有公布，请在 {results} 之后再来看。"


class NotDrawn(Conflict):
    """This round has not been drawn: it is still open, was cancelled, or is first come, first served.

    Facts: ``round_id``.
    """

    detail = "这一轮还没有抽签：可能还在填报，已经取消，或者是先到先得、不需要抽签。"
