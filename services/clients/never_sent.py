"""Did a failed call leave this machine? Only one that did not may be made again without a doubt."""

import aiohttp
import httpx

_BEFORE_SENDING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def never_sent(fault: httpx.HTTPError) -> bool:
    """Tell whether the call failed before a byte of it was sent.

    The aiohttp transport names every broken connection ConnectTimeout, also one that broke while the answer was
    awaited; believing it would send an SMS twice. What aiohttp itself said is the cause of the fault.
    """
    if isinstance(fault.__cause__, aiohttp.ClientError | TimeoutError):
        return isinstance(fault.__cause__, _BEFORE_SENDING)
    return isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
