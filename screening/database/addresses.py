"""Addresses of databases on MongoDB: those that a file holds, and what is wrong with one."""

from __future__ import annotations

import re
from pathlib import Path

from screening.common.errors import InputError, StoreError

TIMEOUT_MS = 5000  # for the first answer of a server
PATIENCE_MS = 30_000  # for one that has answered before


class LocationError(StoreError, InputError):
    """The location itself is wrong: no database can be there, or none is."""


def written_database(location: str) -> str | None:
    """Return the database that a YAML file names, or None if the location is something else."""
    from yaml import YAMLError

    from screening.files.content import read_text
    from screening.files.yaml_text import parse_yaml

    path = Path(location).expanduser()
    try:
        file = path / "site.yaml" if path.is_dir() else path
        if file.suffix not in (".yaml", ".yml") or (path.is_dir() and not file.is_file()):
            return None
        options = parse_yaml(read_text(file, "database file"))
    except OSError as error:
        raise LocationError(f"{location} cannot be read: {error.strerror}") from None
    except InputError as error:
        raise LocationError(str(error)) from None
    except YAMLError:  # its text may quote the password
        raise LocationError(f"{file} is not YAML") from None
    database = options.get("database") if isinstance(options, dict) else None
    if not isinstance(database, str) or not database.startswith("mongodb"):
        raise LocationError(f"{file} does not say where the database is: it has no mongodb:// URI under 'database'")
    return database


def wrong_address(name: str, uri: str, error: Exception) -> LocationError:
    """Return what to say of an address that MongoDB's client does not take.

    Parameters
    ----------
    name
        The address without any password.
    uri
        The address.
    error
        What the client said; its text may quote the password.
    """
    from pymongo.errors import InvalidURI

    of_srv = "URIs must" in str(error)  # one host, and no port; other messages may quote what is taken for a name
    if (isinstance(error, InvalidURI) and not of_srv) or "must be escaped" in str(error):
        return LocationError(
            f"{name} is not an address MongoDB understands; in a user name or password, write : / ? # [ ] @ % as "
            "%3A %2F %3F %23 %5B %5D %40 %25"
        )
    return LocationError(f"{name} cannot be used: {reason(error, uri)}")


def reason(error: Exception, uri: str) -> str:
    """Return the first line of what MongoDB's client said, without the password of an address."""
    from pymongo.errors import DocumentTooLarge

    text = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, DocumentTooLarge) or text.startswith("BSONObj size"):
        return "a document is larger than the 16 MB that MongoDB takes; nothing of it is stored"
    for detail in (", full error", " (configured timeouts", ", Timeout: ", " (_ssl.c"):
        text = text.partition(detail)[0]
    password = re.match(r"[^/]*//[^:@]*:(.+)@", uri)
    if password is not None:
        text = text.replace(password[1], "***")
    if text == "No servers found yet":
        text = f"no answer within {TIMEOUT_MS / 1000:g} s"
    if re.search(r"(tls|ssl)=true", uri) and ("handshake" in text or "no answer" in text):
        text += "; does it speak TLS, as the address says?"
    return text
