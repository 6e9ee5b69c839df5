"""Which of the worker's timers are the ladder's?"""

from collections.abc import Mapping

from services.attendance.dismissal.day_timers import LATE
from services.attendance.lateness.climb_ladder import LATE_STEP, on_late_step
from services.attendance.lateness.open_late_cases import on_late
from services.kernel.timers import TimerHandler

TIMERS: Mapping[str, TimerHandler] = {LATE: on_late, LATE_STEP: on_late_step}
