"""Secrets are made once, kept for their owner, and fit what reads them."""

from datetime import timedelta
from pathlib import Path

from services.cli.platform.layout import Layout
from services.cli.platform.make_secrets import make_secrets
from services.kernel.cipher import FieldCipher
from services.kernel.database.provision import SERVICES
from services.kernel.tokens import INTERNAL, load_signer, load_verifier


def test_made_once_and_then_kept(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert make_secrets(layout) == make_secrets(layout)
    private = [*layout.keys.glob("*.pem"), *layout.secrets.iterdir()]
    assert len(private) == len(SERVICES) + 6
    assert all(path.stat().st_mode & 0o077 == 0 for path in private)


def test_every_service_is_believed_by_the_others(tmp_path: Path) -> None:
    make_secrets(Layout(tmp_path))
    verifier = load_verifier(tmp_path / "keys")
    for service in SERVICES:
        token = load_signer(tmp_path / "keys", service).sign({}, audience=INTERNAL, ttl=timedelta(minutes=1))
        assert verifier.verify(token, audience=INTERNAL)["iss"] == service


def test_the_key_ring_opens_what_it_sealed(tmp_path: Path) -> None:
    cipher = FieldCipher(make_secrets(Layout(tmp_path)).field_keys)
    assert cipher.open(cipher.seal("13800000000")) == "13800000000"
