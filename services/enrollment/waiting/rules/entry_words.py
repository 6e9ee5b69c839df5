"""How a family is told where its entry stands, in words that never reveal a tier (R06). Pure."""

from collections.abc import Mapping
from typing import Any

from services.enrollment.words import moment_text

_ENDED = {
    "taken": "名额已经接受，孩子选上这门课了。",
    "declined": "您没有接受这次递补，名额给了下一位。",
    "expired": "保留的名额没有按时接受，已经顺延给下一位；还想参加可以重新登记。",
    "left": "已经退出候补。",
    "moot": "这条候补已经失效：孩子已有名额、课程已取消开班或学期已结束。",
}


def entry_words(entry: Mapping[str, Any]) -> str:
    """Return one sentence; ``earlier`` counts by time only.

    A count in the true order would grow when a child of a priority group joins later, and so tell a neighbour who
    saw it join what it is.
    """
    if entry["state"] == "waiting":
        before = (
            f"比您登记得早、还在等的有 {entry['earlier']} 个孩子"
            if entry["earlier"]
            else "还在等的孩子里您登记得最早"
        )
        return f"{before}；有空位时按学校公布的顺序依次通知。"
    if entry["state"] == "offered":
        return f"为孩子保留了一个名额，请在 {moment_text(entry['expires_at'])} 之前接受，过时顺延给下一位。"
    return _ENDED[entry["state"]]
