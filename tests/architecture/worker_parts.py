"""A look inside a composed worker."""

import json
from importlib import import_module
from pathlib import Path

from services.kernel.letters.announce import LETTERS
from services.kernel.resources import Resources
from services.kernel.tokens import make_key
from services.kernel.worker import Worker
from tests.architecture.source_tree import SERVICES


def write_keys(folder: Path) -> Path:
    """Make every service's key pair in ``folder``."""
    public = []
    for service in SERVICES:
        pem, key = make_key()
        (folder / f"{service}.pem").write_bytes(pem)
        public.append({**key, "kid": service})
    (folder / "public.json").write_text(json.dumps({"keys": public}))
    return folder


def make_worker(service: str, resources: Resources) -> Worker:
    """Compose the service's worker as its process does."""
    worker: Worker = import_module(f"services.{service}.worker").make_worker(resources)
    return worker


def readers_of_worker(service: str, resources: Resources) -> set[str]:
    """Return the services to which a worker can carry letters."""
    carry = make_worker(service, resources)._jobs[LETTERS]
    postman = carry.__self__  # type: ignore[attr-defined]
    return set(postman._readers)
