"""From a public address to the service that answers it, in raw ASGI: the hot path of the whole platform."""
