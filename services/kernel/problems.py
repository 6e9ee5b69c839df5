"""Refusals: what the platform says when it will not do a thing, in words that can be acted on (RFC 9457).

A refusal is an exception with facts. Only `services.kernel.web` knows the status numbers behind the kinds.
"""

import re
from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The platform will not do this.

    A subclass' first docstring line is the English title; ``detail`` is a Chinese sentence for a parent or a
    teacher, filled with the facts given to the constructor.
    """

    detail: ClassVar[str] = "这个操作没有完成，请稍后再试。"

    def __init__(self, **facts: Any) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    @classmethod
    def slug(cls) -> str:
        """Return the last part of the problem's ``type``: the class name in kebab-case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """Return the English title."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")

    def sentence(self) -> str:
        """Return the Chinese sentence, its facts filled in."""
        return self.detail.format_map(_Facts(self.facts))

    def problem(self) -> dict[str, Any]:
        """Return the problem document without its status."""
        return {
            "type": f"urn:kehou:problem:{self.slug()}",
            "title": self.title(),
            "detail": self.sentence(),
            **self.facts,
        }

    def __str__(self) -> str:
        return f"{self.slug()}: {self.sentence()}"


class _Facts(dict[str, Any]):
    """A fact that was not given shows as a dash, so that a sentence never fails."""

    def __missing__(self, key: str) -> str:
        return "—"


class NotFound(Refusal):
    """There is no such thing here."""

    detail = "没有找到要查看的内容，可能已被删除，或不属于您。"


class Conflict(Refusal):
    """The thing is not in a state for this."""


class Forbidden(Refusal):
    """This caller may not do this."""

    detail = "您现在的身份不能进行这个操作；如果还有别的身份，请切换后再试，有疑问请联系学校。"


class Unauthenticated(Refusal):
    """Nobody is known to be calling."""

    detail = "登录已过期，请重新登录。"


class Expired(Refusal):
    """This was valid once and is not any more."""


class Busy(Refusal):
    """Too much at once; later it will go."""

    detail = "现在操作的人较多，请稍等片刻再试。"


class Unavailable(Refusal):
    """A neighbour does not answer."""

    detail = "服务暂时连接不上，您的数据没有丢失，请稍后再试。"


class Unprocessable(Refusal):
    """The request cannot be understood."""


class TooLarge(Refusal):
    """The request is larger than what is taken."""

    detail = "提交的内容太大，请减少后再试。"


class Unsupported(Refusal):
    """This kind of content is not taken."""

    detail = "不支持这种格式的内容。"


class NotYours(NotFound):
    """This belongs to somebody else, which looks the same as nothing being there."""


class NotAllowed(Forbidden):
    """The caller's persona does not do this."""


class NeighbourSilent(Unavailable):
    """Another service did not answer in time."""


class RemoteRefusal(Refusal):
    """A neighbour refused, and its problem is handed on as it is."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(
            **{k: v for k, v in problem.items() if k not in {"type", "title", "detail", "status"}}
        )
        self.status = status
        self.told = problem

    def sentence(self) -> str:
        """Return the neighbour's sentence."""
        return str(self.told.get("detail", self.detail))

    def problem(self) -> dict[str, Any]:
        """Return the neighbour's problem."""
        return {k: v for k, v in self.told.items() if k != "status"}
