"""A person's name as it comes over the wire: read as a sheet's cell is read, so that one person is one name."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.enrollment.imports.rules.plain_cells import name_of


def _read(text: str) -> str:
    if (name := name_of(text)) is None:
        raise ValueError("A name shows at least one character")
    return name


PersonName = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_read)]
"""At most 50 characters, of which some can be seen."""
