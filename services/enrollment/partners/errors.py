"""Refusals around people and places from outside."""

from services.kernel.problems import NotFound, Unprocessable


class UnknownPartner(NotFound):
    """The school has no such partner on file."""

    detail = "没有找到这位校外人员或机构，请先登记，或刷新后重新选择。"


class UnknownPartnerKind(Unprocessable):
    """The policy knows no such kind of partner.

    Facts: ``kind``.
    """

    detail = "当地政策里没有“{kind}”这一类校外人员或机构，请核对后再填。"


class CheckNotPossible(Unprocessable):
    """A background check ends before it begins, or is dated in the future.

    Facts: ``checked_on``, ``valid_until``.
    """

    detail = "背景核查日期 {checked_on}、有效期至 {valid_until} 不对，请核对后再填。"
