"""Lists as they go out, read again."""

import io
from collections.abc import Callable
from typing import Any

from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.export_book import export_book
from services.enrollment.outgoing.sheet import Desk

MakeDesk = Callable[..., Desk]


async def book(tx: AsyncSession, made: Desk, kind: str) -> tuple[io.BytesIO, str]:
    """Write a list; returns its file and name."""
    file = io.BytesIO()
    name = await export_book(tx, made, kind, file, now=made.now)
    return file, name


async def rows(tx: AsyncSession, made: Desk, kind: str, sheet: int = 0) -> list[tuple[Any, ...]]:
    """Return a list's rows, its title and header first."""
    file, _ = await book(tx, made, kind)
    return list(load_workbook(file).worksheets[sheet].iter_rows(values_only=True))
