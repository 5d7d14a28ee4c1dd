"""What is packed comes back as it was, and what is no longer whole, or too large, is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import InputError
from screening.files.packed import PACKED, packed, packed_text, unpacked, unpacked_text


@given(st.binary(max_size=2000))
def test_it_comes_back(content):
    assert unpacked(packed(content)) == content
    assert packed(content)[0] == PACKED != ord("{")
    text = packed_text(content)
    assert text.isascii()
    assert unpacked_text(text) == content


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_a_changed_bit_or_a_cut_is_noticed(place, bit):
    whole = packed(bytes(range(256)) * 4)
    changed = bytearray(whole)
    changed[place % len(whole)] ^= 1 << bit
    for damaged in (bytes(changed), whole[: place % len(whole)]):
        with suppress(InputError):  # of the header a few bits say only how hard it was tried to compress
            assert unpacked(damaged) == bytes(range(256)) * 4
    with pytest.raises(InputError, match="packed data is damaged"):
        unpacked(whole[:-1])
    with pytest.raises(InputError, match="packed data is damaged"):
        unpacked(whole[:-1] + bytes([whole[-1] ^ 1]))


def test_what_grows_without_end_is_refused(monkeypatch):
    monkeypatch.setenv("COATSCREEN_LARGEST_FILE_MB", "1")
    assert unpacked(packed(bytes(10**6))) == bytes(10**6)
    with pytest.raises(InputError, match="larger than 1 MB"):
        unpacked(packed(bytes(10**6 + 1)))


def test_text_of_another_kind_is_refused():
    with pytest.raises(InputError, match="damaged"):
        unpacked_text("\u00e4 is not base64")
