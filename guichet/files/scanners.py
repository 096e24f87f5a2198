"""Virus scanners behind one small interface: clamd, and a stand-in for demonstrations.

Source of the protocol: clamd(8), commands INSTREAM and VERSION.
"""

import socket
import struct
from contextlib import closing
from typing import BinaryIO, Protocol

# Two halves, so that scanners on the way do not take this file for what it names.
# The test string of the European Institute for Computer Antivirus Research (eicar.org), 68 bytes.
TEST_STRING = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEST_SIGNATURE = "Eicar-Test-Signature"

_CHUNK_BYTES = 1 << 16
_SECONDS_MAX = 60.0
_CONNECT_SECONDS_MAX = 5.0
_ANSWER_BYTES_MAX = 4096
_LIMIT = "Heuristics.Limits.Exceeded"  # with `AlertExceedsMax yes`
_STAND_IN_LOOKS_AT = 1 << 20


class Unscanned(Exception):
    """Nobody has looked: the paper waits. `code` says why, for the row and the log."""

    code = "unscanned"


class Absent(Unscanned):
    """No scanner answers, or none is named."""

    code = "absent"


class TooLarge(Unscanned):
    """Above a limit of the scanner (`StreamMaxLength`, `MaxFileSize`, … of clamd.conf)."""

    code = "too-large"


class Scanner(Protocol):
    """Looks for viruses."""

    def name(self) -> str:
        """Who it is, with its version. Raises `Unscanned`."""

    def look_for(self, stream: BinaryIO) -> str:
        """The name of what was found, or "". Raises `Unscanned`."""


class Clamd:
    """clamd at a socket: the path of a UNIX socket, or `host:port`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def name(self) -> str:
        """`ClamAV 1.4.3/27000/Mon …`: program, signatures, their day."""
        with closing(self._connected()) as connection:
            answer = _asked(connection, b"zVERSION\0")
        if not answer.startswith("ClamAV"):
            raise Unscanned(answer)
        return answer

    def look_for(self, stream: BinaryIO) -> str:
        """Hand the stream over piece by piece; clamd keeps no more of it than it needs."""
        with closing(self._connected()) as connection:
            try:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(_CHUNK_BYTES):
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it says why before it hangs up, or does not
            except OSError as fault:
                raise Absent(type(fault).__name__) from fault
            return _found(_answered(connection))

    def _connected(self) -> socket.socket:
        host, _, port = self._address.rpartition(":")
        try:
            if host and port.isdigit():
                connection = socket.create_connection((host, int(port)), _CONNECT_SECONDS_MAX)
            else:
                connection = _connected_here(self._address)
        except (OSError, OverflowError) as fault:
            raise Absent(type(fault).__name__) from fault
        connection.settimeout(_SECONDS_MAX)
        return connection


class StandIn:
    """Knows the test string and nothing else. For demonstrations, which say so."""

    def name(self) -> str:
        """What a page recognises it by."""
        return "stand-in"

    def look_for(self, stream: BinaryIO) -> str:
        """Finds the test string at the beginning, as scanners do, and within the first mebibyte."""
        return TEST_SIGNATURE if TEST_STRING in stream.read(_STAND_IN_LOOKS_AT) else ""


def _connected_here(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_CONNECT_SECONDS_MAX)
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _asked(connection: socket.socket, command: bytes) -> str:
    try:
        connection.sendall(command)
    except OSError as fault:
        raise Absent(type(fault).__name__) from fault
    return _answered(connection)


def _answered(connection: socket.socket) -> str:
    """What it says until NUL; nothing, or half a word, is no answer."""
    answer = b""
    try:
        while b"\0" not in answer and len(answer) < _ANSWER_BYTES_MAX:
            piece = connection.recv(_ANSWER_BYTES_MAX)
            if not piece:
                raise Absent("hung up")
            answer += piece
    except OSError as fault:
        raise Absent(type(fault).__name__) from fault
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def _found(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")
        if found.startswith(_LIMIT):
            raise TooLarge(answer)  # it stopped looking, and found nothing until then
        return found
    if "size limit exceeded" in answer:
        raise TooLarge(answer)
    raise Unscanned(answer)
