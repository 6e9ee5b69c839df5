"""Refusals around waiting lists."""

from services.kernel.problems import Conflict, Expired


class PlacesStillFree(Conflict):
    """Nobody needs to wait for this offering: a place can be claimed.

    Facts: ``offering``, ``offering_id``, ``free``.
    """

    detail = "“{offering}”还有 {free} 个空位，不用排候补，请直接选这门课。"


class AlreadyWaiting(Conflict):
    """The child waits for this offering already.

    Facts: ``offering``, ``entry_id``.
    """

    detail = "孩子已经在“{offering}”的候补名单上了，不用重复登记，先后次序按第一次登记算。"


class WaitsForEnough(Conflict):
    """The child waits for as many offerings as a child may.

    Facts: ``most``.
    """

    detail = "一个孩子最多同时候补 {most} 门课，请先退出其中一门的候补。"


class NotOfferedYet(Conflict):
    """No place is reserved for this entry yet.

    Facts: ``offering``.
    """

    detail = "“{offering}”还没有轮到您的孩子，有空位时会马上通知您。"


class OfferTaken(Conflict):
    """This offer was accepted before.

    Facts: ``offering``, ``place_id``.
    """

    detail = "“{offering}”的名额您家已经接受了，不用重复操作。"


class OfferOver(Expired):
    """This offer was not taken in time.

    Facts: ``offering``, ``expires_at`` and how it is said, ``until``.
    """

    detail = (
        "“{offering}”的名额为您保留到 {until}，现在已经过时，名额顺延给了下一位。还想参加的话请重新登记候补。"
    )


class EntryOver(Conflict):
    """This entry has ended: declined, left, or without an object.

    Facts: ``offering``.
    """

    detail = "这条“{offering}”的候补已经结束，还想参加的话请重新登记。"


class OfferedAlready(Conflict):
    """A place is reserved for this child already.

    Facts: ``offering``, ``expires_at`` and how it is said, ``until``.
    """

    detail = "“{offering}”已经为这个孩子保留了名额，等家长在 {until} 之前答复。"


class NoPlaceToOffer(Conflict):
    """No place is free that could be offered out of turn.

    Facts: ``offering``.
    """

    detail = "“{offering}”现在没有空位可以递补，已经保留给别的孩子的名额要等对方答复或到期。"
