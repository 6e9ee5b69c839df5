"""Refusals of the door itself."""

from services.kernel.problems import Busy, TooLarge, Unsupported


class TooManyRequests(Busy):
    """This device or address asks more often than people do.

    Facts: ``retry_after_seconds``.
    """

    detail = "操作太频繁了，请 {retry_after_seconds} 秒后再试。"


class HeadersTooLarge(TooLarge):
    """The request's headers are larger than any client of ours sends."""

    detail = "请求头过大，无法处理。请重新打开小程序后再试。"


class EncodingNotTaken(Unsupported):
    """Request bodies are taken as they are, not compressed.

    Facts: ``encoding``.
    """

    detail = "不接受压缩过的请求内容（{encoding}）。"
