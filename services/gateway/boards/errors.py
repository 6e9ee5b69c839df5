"""Refusals of boards."""

from services.kernel.problems import Expired, Unauthenticated


class TicketOver(Expired):
    """The ticket was used, or is older than a minute."""

    detail = "这个链接已经用过，或者已经过期（一分钟内有效）。请在手机上重新打开大屏。"


class BoardEnded(Unauthenticated):
    """This board's session is over, or the right behind it has ended."""

    detail = "大屏已经退出，请在手机上重新打开大屏。"
