"""Is the platform running, and does each of its processes say that it can work?"""

import json
from typing import Any

import httpx

from services.cli.doctor.finding import Finding, fault, note, well
from services.cli.platform.layout import Layout
from services.kernel.hold_folder import is_held

RESTLESS = 3
"""More starts than this point at a process that dies again and again."""


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


async def check_processes(layout: Layout) -> list[Finding]:
    """Ask every service for its /ready, and look how often each process had to be started."""
    if (told := running_platform(layout)) is None:
        return [note("platform", "not running on this data folder: `make up` starts it")]
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        return [await _process(http, layout, name, one) for name, one in told["processes"].items()]


async def _process(http: httpx.AsyncClient, layout: Layout, name: str, told: dict[str, Any]) -> Finding:
    log = layout.logs / f"{name}.log"
    if told["pid"] is None:
        return fault(name, f"not running at the moment: see {log}")
    if told["starts"] > RESTLESS:
        return fault(name, f"was started {told['starts']} times: see {log}")
    if told["port"] is None:
        return well(name, f"process {told['pid']}")
    path = "health" if name == "standin" else "ready"
    try:
        answer = await http.get(f"http://127.0.0.1:{told['port']}/{path}")
    except httpx.HTTPError as silent:
        return fault(name, f"does not answer ({type(silent).__name__}): see {log}")
    if answer.status_code != httpx.codes.OK:
        return fault(name, f"not ready ({answer.status_code}): see {log}")
    return well(name, f"ready on port {told['port']}, process {told['pid']}")
