"""What the credits' routes refuse."""

from services.kernel.problems import Conflict


class NoWechatUser(Conflict):
    """The caller's account has no WeChat user yet."""

    detail = "还没有绑定微信，暂时不能接收微信提醒。请在微信小程序中重新登录后再试。"
