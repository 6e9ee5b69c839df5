"""Is the platform running, and does each of its processes say that it can work?"""

from typing import Any

import httpx

from services.cli.doctor.finding import Finding, fault, note, well
from services.cli.platform.layout import Layout
from services.cli.platform.running import running_platform

RESTLESS = 3
"""More starts than this point at a process that dies again and again."""


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
