"""What the messages' routes refuse."""

from services.kernel.problems import NotFound


class UnknownMessage(NotFound):
    """There is no such message for this person."""

    detail = "没有找到这条消息，请返回消息列表刷新后再看。"
