"""Has this process been asked to stop? Answers without an end (event streams, waiting polls) end when it has.

A server finishes what is in hand before it leaves; a stream would keep it waiting for nothing.
"""

import asyncio

STOPPING = asyncio.Event()
"""Set once, when the process is told to stop (`services.cli.serve`)."""
