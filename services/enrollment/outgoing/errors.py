"""Refusals around lists that go out."""

from services.kernel.problems import Conflict, NotFound, Unprocessable


class UnknownExport(Unprocessable):
    """There is no such kind of export.

    Facts: ``kind``.
    """

    detail = "不支持导出“{kind}”，请重新选择要导出哪种表。"


class RoundToExportUnknown(NotFound):
    """No round was named, or this school has none of that id."""

    detail = "没有找到要导出的这一轮选课，请重新选择。"


class ResultsToExportNotOut(Conflict):
    """This round's results are not out.

    Facts: ``results_at`` (UTC).
    """

    detail = "这一轮的结果还没有公布，公布以后才能导出。"
