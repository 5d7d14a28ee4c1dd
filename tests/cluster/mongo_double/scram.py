"""The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from .errors import CommandError

ITERATIONS = 4096


class Credentials:
    """One user, and what a server keeps of the password.

    Parameters
    ----------
    user
        The name.
    password
        The password; it is not kept.
    """

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.salt = os.urandom(16)
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), self.salt, ITERATIONS)
        self.stored_key = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
        self.server_key = _hmac(salted, b"Server Key")


class Conversation:
    """One client proving that it knows the password."""

    def __init__(self, credentials: Credentials, first: bytes) -> None:
        bare = first.decode().partition(",,")[2]
        fields = _fields(bare)
        self.credentials = credentials
        self.user = fields.get("n", "").replace("=2C", ",").replace("=3D", "=")
        self.nonce = fields.get("r", "") + base64.b64encode(os.urandom(18)).decode()
        salt = base64.b64encode(credentials.salt).decode()
        self.challenge = f"r={self.nonce},s={salt},i={ITERATIONS}"
        self._first = bare

    def final(self, answer: bytes) -> bytes:
        """Return the server's signature.

        Raises
        ------
        CommandError
            AuthenticationFailed, where user or password is not right.
        """
        without_proof, _, proof = answer.decode().rpartition(",p=")
        signed = f"{self._first},{self.challenge},{without_proof}".encode()
        signature = _hmac(self.credentials.stored_key, signed)
        given = base64.b64decode(proof)
        client_key = bytes(a ^ b for a, b in zip(given, signature, strict=True)) if len(given) == 32 else b""
        known = hmac.compare_digest(hashlib.sha256(client_key).digest(), self.credentials.stored_key)
        if not known or self.user != self.credentials.user or _fields(without_proof).get("r") != self.nonce:
            raise CommandError(18, "Authentication failed.")
        return b"v=" + base64.b64encode(_hmac(self.credentials.server_key, signed))


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _fields(text: str) -> dict[str, str]:
    return {part[0]: part[2:] for part in text.split(",") if part[1:2] == "="}
