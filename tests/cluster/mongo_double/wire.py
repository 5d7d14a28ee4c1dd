"""MongoDB's wire protocol: OP_MSG, and OP_QUERY for a driver's first greeting."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any

import bson

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1, 2
LARGEST_DOCUMENT_BYTES = 16 * 1024 * 1024
LARGEST_MESSAGE_BYTES = 48_000_000
HEADER = struct.Struct("<iiii")


class ProtocolError(Exception):
    """Bytes that are no message of MongoDB's."""


@dataclass
class Message:
    """A command as it came in."""

    request_id: int
    opcode: int
    database: str
    command: dict[str, Any]
    wants_reply: bool


def read_message(connection: socket.socket) -> Message | None:
    """Return the next command, or None where the client has hung up."""
    header = _read(connection, HEADER.size)
    if header is None:
        return None
    length, request_id, _, opcode = HEADER.unpack(header)
    if not HEADER.size <= length <= LARGEST_MESSAGE_BYTES + LARGEST_DOCUMENT_BYTES:
        raise ProtocolError(f"a message of {length} bytes")
    body = _read(connection, length - HEADER.size)
    if body is None:
        return None
    if opcode == OP_MSG:
        return _message(request_id, body)
    if opcode == OP_QUERY:
        name, _, rest = body[4:].partition(b"\0")
        command = bson.decode(rest[8 : 8 + struct.unpack_from("<i", rest, 8)[0]])
        return Message(request_id, opcode, name.decode().partition(".")[0], command, True)
    raise ProtocolError(f"opcode {opcode}")


def write_reply(connection: socket.socket, message: Message, reply: dict[str, Any]) -> None:
    """Answer a command."""
    encoded = bson.encode(reply)
    if message.opcode == OP_QUERY:
        body, opcode = struct.pack("<iqii", 0, 0, 0, 1) + encoded, OP_REPLY
    else:
        body, opcode = struct.pack("<iB", 0, 0) + encoded, OP_MSG
    connection.sendall(HEADER.pack(HEADER.size + len(body), 0, message.request_id, opcode) + body)


def _message(request_id: int, body: bytes) -> Message:
    (flags,) = struct.unpack_from("<I", body)
    end = len(body) - 4 if flags & CHECKSUM_PRESENT else len(body)
    command: dict[str, Any] = {}
    sequences: dict[str, list[dict[str, Any]]] = {}
    place = 4
    while place < end:
        kind = body[place]
        (size,) = struct.unpack_from("<i", body, place + 1)
        section = body[place + 1 : place + 1 + size]
        place += 1 + size
        if kind == 0:
            command = bson.decode(section)
        elif kind == 1:
            name, _, documents = section[4:].partition(b"\0")
            sequences[name.decode()] = bson.decode_all(documents)
        else:
            raise ProtocolError(f"a section of kind {kind}")
    command.update(sequences)
    return Message(request_id, OP_MSG, str(command.get("$db", "admin")), command, not flags & MORE_TO_COME)


def _read(connection: socket.socket, size: int) -> bytes | None:
    received = bytearray(size)
    view, place = memoryview(received), 0
    while place < size:
        count = connection.recv_into(view[place:])
        if count == 0:
            return None
        place += count
    return bytes(received)
