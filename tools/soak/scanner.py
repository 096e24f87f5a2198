"""A socket that speaks as clamd does and finds nothing: papers come to be sent, without ClamAV."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def scanner() -> Iterator[str]:
    """`host:port`, for GUICHET_CLAMD."""
    with _Server(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "{}:{}".format(*server.server_address)
        server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Answers(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """One command for each connection."""
        with suppress(OSError):  # a worker that was killed hangs up
            if self.rfile.read(2) == b"zV":
                self.wfile.write(b"ClamAV 0/soak\0")
                return
            self.rfile.read(len(b"NSTREAM\0"))
            while size := int.from_bytes(self.rfile.read(4)):
                self.rfile.read(size)
            self.wfile.write(b"stream: OK\0")
