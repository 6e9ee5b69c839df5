"""Does a platform run on a data folder, and where does it listen?"""

import json
from typing import Any

from services.cli.platform.layout import Layout
from services.kernel.hold_folder import is_held


def running_platform(layout: Layout) -> dict[str, Any] | None:
    """Return what run.json tells; None when no platform runs on this data folder.

    The file of a platform that was killed stays; its lock does not.
    """
    if not is_held(layout.data_dir):
        return None
    try:
        told: dict[str, Any] = json.loads(layout.run_file.read_text())
    except (OSError, ValueError):
        return None
    return told
