"""The server: a thread for each client, one lock around the database."""

from __future__ import annotations

import datetime
import socket
import socketserver
import sys
import threading
import traceback
from typing import Any

import mongomock_ng
from bson import Binary
from pymongo.errors import PyMongoError

from . import administration, reads, writes
from .errors import CommandError, translated
from .journal import Journal
from .scram import Conversation, Credentials
from .wire import LARGEST_DOCUMENT_BYTES, LARGEST_MESSAGE_BYTES, ProtocolError, read_message, write_reply

Command = dict[str, Any]

WRITES = {
    "insert": writes.insert,
    "update": writes.update,
    "delete": writes.delete,
    "findAndModify": writes.find_and_modify,
    "findandmodify": writes.find_and_modify,
    "createIndexes": administration.create_indexes,
    "dropIndexes": administration.drop_indexes,
    "create": administration.create,
    "drop": administration.drop,
    "dropDatabase": administration.drop_database,
}
LISTS = {
    "find": reads.find,
    "aggregate": reads.aggregate,
    "listIndexes": administration.list_indexes,
    "listCollections": administration.list_collections,
}
READS = {"count": reads.count, "distinct": reads.distinct}
NAMESPACES = {"listIndexes": "$cmd.listIndexes", "listCollections": "$cmd.listCollections"}
OPEN_TO_ALL = {"hello", "isMaster", "ismaster", "ping", "buildInfo", "buildinfo", "saslStart", "saslContinue"}


class Database:
    """All databases of the double, its cursors and its journal.

    Parameters
    ----------
    journal
        Where writes are kept; what it holds is done again first.
    """

    def __init__(self, journal: Journal | None) -> None:
        self._client: Any = mongomock_ng.MongoClient()
        self._lock = threading.Lock()
        self._cursors = reads.Cursors()
        self._journal = journal
        self._started = datetime.datetime.now(datetime.UTC)
        for entry in journal.replay() if journal else ():
            try:
                self._write(entry["database"], entry["command"])
            except (CommandError, PyMongoError, ValueError, TypeError, KeyError, NotImplementedError):
                continue  # it failed the first time too

    def run(self, name: str, database: str, command: Command) -> dict[str, Any]:
        """Return the reply to a command.

        Raises
        ------
        CommandError
            Where MongoDB would refuse it.
        """
        if "txnNumber" in command:
            raise CommandError(20, "Transaction numbers are only allowed on a replica set member or mongos")
        if name in WRITES or (name == "aggregate" and _stores(command)):
            return self._journalled(name, database, command)
        with self._lock:
            if name in LISTS:
                found = LISTS[name](self._client[database], command)
                size = (command if name == "find" else command.get("cursor", {})).get("batchSize")
                single = bool(command.get("singleBatch"))
                return self._cursors.first(f"{database}.{NAMESPACES.get(name, command[name])}", found, size, single)
            if name in READS:
                return READS[name](self._client[database], command)
            if name == "getMore":
                return self._cursors.more(command)
            if name == "killCursors":
                return self._cursors.kill(command)
            if name == "listDatabases":
                return administration.list_databases(self._client, command)
        if name == "serverStatus":
            uptime = (datetime.datetime.now(datetime.UTC) - self._started).total_seconds()
            version = administration.build_info()["version"]
            return {"host": socket.gethostname(), "version": version, "process": "double", "uptime": uptime, "ok": 1.0}
        raise CommandError(59, f"no such command: '{name}'")

    def _journalled(self, name: str, database: str, command: Command) -> dict[str, Any]:
        command = writes.prepared({key: value for key, value in command.items() if key not in ("lsid", "$clusterTime")})
        with self._lock:
            if self._journal:
                try:
                    self._journal.append({"database": database, "command": command})
                except OSError as error:
                    raise CommandError(14031, f"the journal can not be written: {error.strerror}") from error
            return self._write(database, command)

    def _write(self, database: str, command: Command) -> dict[str, Any]:
        name = next(iter(command))
        if name == "aggregate":
            reads.aggregate(self._client[database], command)
            return self._cursors.first(f"{database}.{command[name]}", [], None)
        return WRITES[name](self._client[database], command)


class Session(socketserver.BaseRequestHandler):
    """One client's connection."""

    server: Server

    def handle(self) -> None:
        """Answer commands until the client hangs up."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._known = self.server.credentials is None
        self._conversation: Conversation | None = None
        try:
            while message := read_message(self.request):
                reply = self._answer(message.database, message.command)
                if message.wants_reply:
                    write_reply(self.request, message, reply)
        except (ConnectionError, ProtocolError):
            return

    def _answer(self, database: str, command: Command) -> dict[str, Any]:
        name = next(iter(command))
        try:
            if not self._known and name not in OPEN_TO_ALL:
                raise CommandError(13, f"Command {name} requires authentication")
            if name in ("hello", "isMaster", "ismaster"):
                return self._hello(command)
            if name in ("ping", "endSessions"):
                return {"ok": 1.0}
            if name in ("buildInfo", "buildinfo"):
                return administration.build_info()
            if name in ("saslStart", "saslContinue"):
                return self._authenticate(name, command)
            return self.server.database.run(name, database, command)
        except Exception as error:
            failure = translated(error, f"{database}.{command[name]}")
            if failure.code == 8:
                traceback.print_exc(file=sys.stderr)
            return failure.reply()

    def _hello(self, command: Command) -> dict[str, Any]:
        reply = {
            "isWritablePrimary": True,
            "ismaster": True,
            "helloOk": True,
            "maxBsonObjectSize": LARGEST_DOCUMENT_BYTES,
            "maxMessageSizeBytes": LARGEST_MESSAGE_BYTES,
            "maxWriteBatchSize": 100_000,
            "localTime": datetime.datetime.now(datetime.UTC),
            "logicalSessionTimeoutMinutes": 30,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "readOnly": False,
            "ok": 1.0,
        }
        if "saslSupportedMechs" in command:
            reply["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        return reply

    def _authenticate(self, name: str, command: Command) -> dict[str, Any]:
        credentials = self.server.credentials
        if name == "saslStart":
            if credentials is None or command.get("mechanism") != "SCRAM-SHA-256":
                raise CommandError(18, "Authentication failed.")
            self._conversation = Conversation(credentials, bytes(command["payload"]))
            payload, done = self._conversation.challenge.encode(), False
        elif self._conversation is None:
            raise CommandError(18, "Authentication failed.")
        else:
            payload, done = self._conversation.final(bytes(command["payload"])), True
            self._known = True
        return {"conversationId": 1, "done": done, "payload": Binary(payload), "ok": 1.0}


class Server(socketserver.ThreadingTCPServer):
    """The double, listening on this machine only.

    Parameters
    ----------
    port
        0 for any that is free.
    database
        What it serves.
    credentials
        The one user; None where nobody need say who they are.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, database: Database, credentials: Credentials | None) -> None:
        self.database = database
        self.credentials = credentials
        super().__init__(("127.0.0.1", port), Session)


def _stores(command: Command) -> bool:
    return any(stage in ("$out", "$merge") for each in command.get("pipeline", []) for stage in each)
