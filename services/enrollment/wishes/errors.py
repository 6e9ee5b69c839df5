"""Refusals around wishes."""

from services.kernel.problems import Conflict, Unprocessable


class ClaimInstead(Conflict):
    """This round takes no wishes: its offerings are claimed, first come, first served.

    Facts: ``round_id``.
    """

    detail = "这一轮先到先得，不填志愿，请直接选课。"


class TooManyWishes(Unprocessable):
    """The list is longer than this round takes.

    Facts: ``most``, ``count``, ``child_id``.
    """

    detail = "每个孩子最多填 {most} 个志愿，现在填了 {count} 个，请去掉一些再提交。"


class SameWishTwice(Unprocessable):
    """An offering stands in the list twice.

    Facts: ``offering``, ``offering_id``, ``child_id``.
    """

    detail = "“{offering}”填了两次，同一门课只算一个志愿，请去掉一个再提交。"


class NotInThisRound(Unprocessable):
    """An offering in the list is not chosen in this round.

    Facts: ``offering_id``, ``child_id``.
    """

    detail = "志愿里有一门课不在这一轮选课里，请刷新后重新选择。"


class ChildNamedTwice(Unprocessable):
    """A child has two lists in one submission, or is linked twice.

    Facts: ``child_id``.
    """

    detail = "同一个孩子出现了两次，请核对后再提交。"


class LinkNotPossible(Unprocessable):
    """Only siblings whose lists are handed in together can be placed together."""

    detail = "只有您自己的、在同一轮一起提交志愿的两个以上孩子，才能要求安排在一起，请把他们的志愿一次提交。"
