"""Which phases of a set may lie on its hull, kept on disk: found once for a set of energies, on one machine.

The file lies in the user's cache and is named by the hash of the set. It holds one bit for each phase, by the order of
their ids, since the hash does not depend on the order of the phases; and a checksum over the hash, the form of the file
and the bits. A file that is damaged, or that is another's under this name, is not believed; it is found again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import CoatscreenError
from screening.files.cache import cache_folder
from screening.files.content import write_whole

_FORM = "hull 1"  # changes with what the bits mean
_WORTH_KEEPING = 5_000  # phases; of fewer the hull is found as fast as a file is read
_CHECKSUM_BYTES = 32


class KeptHull:
    """The file of one set of phases.

    Parameters
    ----------
    sha256
        Hash of the set.
    ids
        Identifiers of its phases, (n,).
    """

    def __init__(self, sha256: str, ids: NDArray[np.bytes_]) -> None:
        self._sha256 = sha256
        self._ids = ids

    @property
    def path(self) -> Path:
        """Where it lies, or would lie."""
        return cache_folder() / "hulls" / self._sha256

    def is_there(self) -> bool:
        """Return whether there is a file; it may be damaged."""
        try:
            return len(self._ids) >= _WORTH_KEEPING and self.path.is_file()
        except OSError:
            return False

    def read(self) -> NDArray[np.bool_] | None:
        """Return whether each phase may lie on the hull, (n,); None if that is not known."""
        n = len(self._ids)
        try:
            content = self.path.read_bytes() if n >= _WORTH_KEEPING else b""
        except OSError:
            return None
        checksum, bits = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        if len(bits) != -(-n // 8) or checksum != self._checksum(bits):
            return None
        near = np.empty(n, dtype=bool)
        near[self._order()] = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=n).astype(bool)
        return near

    def write(self, near: NDArray[np.bool_]) -> None:
        """Keep whether each phase may lie on the hull, (n,). Where nothing can be written, nothing is kept."""
        if len(self._ids) < _WORTH_KEEPING:
            return
        bits = np.packbits(near[self._order()]).tobytes()
        with suppress(CoatscreenError):  # it is found again
            write_whole(self.path, self._checksum(bits) + bits)

    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self._ids, kind="stable")

    def _checksum(self, bits: bytes) -> bytes:
        return hashlib.sha256(f"{_FORM}\n{self._sha256}\n{len(self._ids)}\n".encode() + bits).digest()
