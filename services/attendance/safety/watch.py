"""Which of the worker's timers look for missing children?"""

from collections.abc import Mapping

from services.attendance.dismissal.day_timers import MISSING, TELL_MISSING, UNACCEPTED
from services.attendance.safety.raise_missing import on_missing, on_tell_missing, on_unaccepted
from services.kernel.timers import TimerHandler

TIMERS: Mapping[str, TimerHandler] = {
    MISSING: on_missing,
    UNACCEPTED: on_unaccepted,
    TELL_MISSING: on_tell_missing,
}
