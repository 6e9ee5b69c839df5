"""Why the ladder is not paused."""

from services.kernel.problems import Conflict, Unprocessable


class NotLate(Conflict):
    """Nobody is waiting for this family: the child is not due home yet, or has gone home.

    Facts: ``child``.
    """

    detail = "{child}还没到离校时间，或已经离校，不用报告到达时间。"


class PausesUsedUp(Conflict):
    """The family said "on my way" as often as the school allows.

    Facts: ``child``, ``most_pauses``.
    """

    detail = (
        "今天已经报告过{most_pauses}次“在路上”，不能再推迟提醒。请尽快到校，或请其他已授权的家人先来接{child}；"
        "老师会一直陪着孩子。"
    )


class ArrivalIsPast(Unprocessable):
    """The time of arrival must lie ahead."""

    detail = "到达时间要晚于现在，请重新选择。"
