"""Where does a platform keep what? Everything lies below its data folder."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The paths below one data folder."""

    data_dir: Path

    @property
    def postgres(self) -> Path:
        """The embedded server's folder."""
        return self.data_dir / "postgres"

    @property
    def secrets(self) -> Path:
        """Passwords and keys of encrypted columns (mode 700)."""
        return self.data_dir / "secrets"

    @property
    def keys(self) -> Path:
        """``<service>.pem`` (private, mode 600) and ``public.json``."""
        return self.data_dir / "keys"

    @property
    def logs(self) -> Path:
        """``<process>.log``, and ``.log.1`` of the start before."""
        return self.data_dir / "logs"

    @property
    def clock(self) -> Path:
        """The platform's clock, read by every process."""
        return self.data_dir / "clock.json"

    @property
    def run_file(self) -> Path:
        """What runs now: process ids and ports; there only while it does."""
        return self.data_dir / "run.json"


def default_layout() -> Layout:
    """Return the layout that ``KEHOU_DATA_DIR`` names: ``./data`` unless told otherwise."""
    return Layout(Path(os.environ.get("KEHOU_DATA_DIR") or "data").absolute())
