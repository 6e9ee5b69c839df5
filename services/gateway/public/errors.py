"""Refusals of public pages."""

from services.kernel.problems import NotFound


class NoSuchSchool(NotFound):
    """No school has this code.

    Facts: ``code``.
    """

    detail = "没有代码为“{code}”的学校，请核对网址。"
