"""What the policy has against a menu."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Objection(BaseModel):
    """A finding of the policy. *must* blocks publication, *should* warns; ``clause`` as it stands in the text.

    ``offerings`` are codes, ``rows`` the sheet's rows where there is a sheet; both name every side of a conflict.
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    clause: str
    code: str
    force: Literal["must", "should"]
    sentence: str
    offerings: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
