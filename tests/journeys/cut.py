"""A line between browser and portal that breaks in the middle of what is sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.journeys.portal import free_port

_PIECE_BYTES = 1 << 14


@dataclass
class Line:
    """Passes everything on; after so many bytes towards the portal, every connection breaks.

    That happens so many times; from then on the line holds.
    """

    to_port: int
    breaks_after_bytes: int
    times: int
    port: int = field(default_factory=free_port)
    breaks: int = 0
    _sent: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the browser goes instead of to the portal."""
        return f"http://127.0.0.1:{self.port}"

    def accept(self, listening: socket.socket) -> None:
        """Take calls until the listening socket is closed."""
        with suppress(OSError):
            while True:
                browser, _address = listening.accept()
                portal = socket.create_connection(("127.0.0.1", self.to_port))
                self._open += [browser, portal]
                for source, target in ((browser, portal), (portal, browser)):
                    counts = target is portal
                    passing = (source, target, counts)
                    threading.Thread(target=self._pass_on, args=passing, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE_BYTES):
                self._sent += len(piece) if counts else 0
                if self.breaks < self.times and self._sent > self.breaks_after_bytes:
                    self.breaks += 1
                    self._sent = 0
                    self.hang_up()
                    return
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Break every connection there is."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open = []


@contextmanager
def line(to_port: int, *, breaks_after_bytes: int, times: int) -> Iterator[Line]:
    """A line to this port, from now until the end of the block."""
    laid = Line(to_port, breaks_after_bytes, times)
    with socket.create_server(("127.0.0.1", laid.port)) as listening:
        threading.Thread(target=laid.accept, args=(listening,), daemon=True).start()
        yield laid
        listening.shutdown(socket.SHUT_RDWR)
    laid.hang_up()
