"""Wait until a started process says that it can work."""

import asyncio
import time

import httpx

from services.cli.platform.run_child import Child
from services.kernel.unable import Unable

READY_SECONDS = 60.0
"""Nine processes start on two cores in a few seconds; a slow disk may take longer."""


async def await_ready(child: Child, *, patience_seconds: float = READY_SECONDS) -> None:
    """Return when the child's ``ready_url`` answers 200; at once when it has none.

    Raises:
        Unable: it ended instead, or is not ready after ``patience_seconds`` (real time).
    """
    if (url := child.program.ready_url) is None:
        return
    deadline = time.monotonic() + patience_seconds
    first = child.starts
    said = "no answer"
    # Settings of the machine for proxies are not for our own loopback addresses.
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        while time.monotonic() < deadline:
            if child.pid is None and child.starts == first:
                raise Unable(
                    f"{child.program.name} did not start: {child.last_words()} (more in {child.log})."
                )
            try:
                answer = await http.get(url)
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == httpx.codes.OK:
                return
            said = f"{answer.status_code} {answer.text[:200]}"
            await asyncio.sleep(0.2)
    raise Unable(f"{child.program.name} is not ready after {patience_seconds:g} s ({said}); see {child.log}.")
