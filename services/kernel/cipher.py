"""Encrypted columns: phones are sealed with AES-GCM and found again by a keyed hash."""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class FieldCipher:
    """Seals short texts under the newest key of a ring and opens them with whichever key sealed them.

    The ring is ``id:base64`` pairs, newest first, separated by commas; each key has 32 bytes. The blind index
    hangs on the *last* (oldest) key, so that turning the ring does not lose what was indexed.
    """

    def __init__(self, ring: str) -> None:
        pairs = [pair.strip().split(":", 1) for pair in ring.split(",") if pair.strip()]
        if not pairs:
            raise ValueError("the ring of field keys is empty: set KEHOU_FIELD_KEYS")
        self._keys = {key_id: base64.b64decode(key) for key_id, key in pairs}
        self._newest = pairs[0][0]
        self._index_key = hashlib.sha256(b"blind-index" + self._keys[pairs[-1][0]]).digest()

    def seal(self, text: str) -> bytes:
        """Return ``key id | nonce | ciphertext``, different at each call."""
        nonce = os.urandom(NONCE_BYTES)
        key_id = self._newest.encode()
        sealed = AESGCM(self._keys[self._newest]).encrypt(nonce, text.encode(), key_id)
        return bytes([len(key_id)]) + key_id + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """Return the text; raises InvalidTag when it was tampered with, KeyError when its key left the ring."""
        length = sealed[0]
        key_id = sealed[1 : 1 + length]
        nonce = sealed[1 + length : 1 + length + NONCE_BYTES]
        text = AESGCM(self._keys[key_id.decode()]).decrypt(nonce, sealed[1 + length + NONCE_BYTES :], key_id)
        return text.decode()

    def blind_index(self, text: str) -> bytes:
        """Return a keyed hash (32 bytes): equal texts, equal hashes; without the key it says nothing."""
        return hmac.digest(self._index_key, text.encode(), "sha256")
