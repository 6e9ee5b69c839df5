"""Refusals around logging in and being somebody."""

from services.kernel.problems import (
    Busy,
    Conflict,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)


class LoginCodeRefused(Unauthenticated):
    """WeChat does not take this login code: used before, too old, or none of its own."""

    detail = "登录没有成功，请关闭小程序后重新打开再试。"


class UserBlockedByWechat(Forbidden):
    """WeChat holds this user for a risk."""

    detail = "微信提示这个账号有风险，暂时不能登录，请在微信安全中心处理后再试。"


class WechatSilent(Unavailable):
    """WeChat does not answer, or not in a form that can be read."""

    detail = "暂时连接不上微信，请稍后再试。"


class WechatSetWrongly(Unavailable):
    """WeChat refuses the platform's own account: an operator must look."""

    detail = "微信登录的设置有误，工作人员需要处理。请稍后再试，或联系学校。"


class TooManyAttempts(Busy):
    """More attempts of this kind than people make.

    Facts: ``retry_after_seconds``.
    """

    detail = "尝试次数太多了，请 {retry_after_seconds} 秒后再试。"


class ConsentMissing(Conflict):
    """A consent must be given first.

    Facts: ``purpose``, as in ``GET /api/v1/consents``.
    """

    detail = "请先阅读并同意相应的个人信息处理规则，再继续操作。"


class ConsentTextUnknown(NotFound):
    """There is no such text, or it is not the one in force.

    Facts: ``purpose`` and ``version``.
    """

    detail = "这份个人信息处理规则已经更新，请重新打开页面，阅读最新版本。"


class PhoneCodeRefused(Unprocessable):
    """WeChat does not take this phone code: used before, too old, or none of its own."""

    detail = "没有取到手机号，请重新点击“获取手机号”按钮。"


class PhoneAbroad(Unprocessable):
    """Only mainland numbers can be bound."""

    detail = "目前只支持中国大陆的手机号。"


class PhoneNotBound(Conflict):
    """This needs an account with a verified phone."""

    detail = "请先绑定手机号。"


class SessionUnknown(Unauthenticated):
    """There is no such refresh token."""

    detail = "登录已失效，请重新登录。"


class SessionEnded(Unauthenticated):
    """This session was ended, or nobody used it for too long."""

    detail = "登录已过期，请重新登录。"


class RefreshTokenReused(Unauthenticated):
    """A refresh token came a second time: the whole session is ended, since one of two holders is a thief."""

    detail = "这次登录已在别处使用，为了安全已经退出，请重新登录。"


class PersonaNotHeld(Forbidden):
    """The caller is not that, or not at that school, or not any more; or must name the school.

    Facts: ``persona``.
    """

    detail = "您目前没有这个身份。如果刚刚变动，请联系学校核对登记的手机号。"


class UnknownAccount(NotFound):
    """There is no such account."""

    detail = "没有这个账号。"
