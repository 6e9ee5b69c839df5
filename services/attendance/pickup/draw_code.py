"""Draw a fresh pass code."""

import secrets
from collections.abc import Callable

from services.attendance.pickup.rules.pass_code import ALPHABET, LENGTH, is_banned

MOST_DRAWS = 1000


class NoCodeLeft(RuntimeError):  # noqa: N818 - a state, by its name
    """A thousand draws in a row were banned: the alphabet or the ban is broken."""


def draw_code(draw: Callable[[str], str] = secrets.choice) -> str:
    """Return a random code in which nothing indecent stands."""
    for _ in range(MOST_DRAWS):
        code = "".join(draw(ALPHABET) for _ in range(LENGTH))
        if not is_banned(code):
            return code
    raise NoCodeLeft
