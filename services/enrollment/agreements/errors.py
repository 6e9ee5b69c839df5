"""Refusals around the agreement."""

from services.kernel.problems import Conflict, Forbidden, NotFound, Unprocessable


class NoAgreement(NotFound):
    """The school has not issued an agreement yet."""

    detail = "学校还没有发布安全协议，请过几天再看，或联系学校。"


class AgreementChanged(Conflict):
    """The text in force is another than the one that was read.

    Facts: ``number``, ``sha256``.
    """

    detail = "安全协议的内容已经更新，请重新阅读后再签署。"


class NoRightToSign(Forbidden):
    """This guardian may not sign for this child."""

    detail = "您没有为这个孩子签署协议的权限，请由另一位监护人签署，或联系学校。"


class RemindedToday(Conflict):
    """The school was reminded today already."""

    detail = "今天已经提醒过一次，为了不打扰家长，请明天再提醒。"


class SignatureNotOnPaper(Unprocessable):
    """Staff can record only what was signed on paper.

    Nobody signs for a guardian by telephone.
    """

    detail = "安全协议须由家长本人签署：请让家长在小程序签署，或在纸质协议上签字后，登记方式选择“纸质”。"
