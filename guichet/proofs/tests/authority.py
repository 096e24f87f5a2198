"""A time stamp authority that is not ours: OpenSSL answers, over HTTP, on this machine."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from guichet.proofs.models import Day

_CONFIG = """
[ts]
default_tsa = tsa
[tsa]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
[usage]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


def openssl(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What `openssl` prints; fails with what it says."""
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def an_authority(folder: Path) -> Path:
    """Its keys and certificates, in a folder: `ca.pem` is what one trusts."""
    folder.mkdir()
    (folder / "ts.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, "req", "-x509", *new, "-keyout", "ca.key", "-subj", "/CN=CA", "-out", "ca.pem")
    openssl(folder, "req", *new, "-keyout", "tsa.key", "-subj", "/CN=TSA", "-out", "tsa.csr")
    issued = ["-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "ts.cnf", "-extensions", "usage"]
    openssl(folder, "x509", "-req", "-in", "tsa.csr", *issued, "-out", "tsa.pem")
    return folder


def reply(folder: Path, query: bytes) -> bytes:
    """What the authority answers."""
    (folder / "query").write_bytes(query)
    return openssl(
        folder, "ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "query"
    )


def confirms(folder: Path, day: Day) -> bool:
    """Whether OpenSSL takes the token of a day for what was published of it."""
    assert day.token is not None
    (folder / "token").write_bytes(day.token)
    given = ["-digest", day.digest.hex(), "-in", "token", "-token_in", "-CAfile", "ca.pem"]
    return b"OK" in openssl(folder, "ts", "-verify", *given)


@contextmanager
def listening(answer: Callable[[dict[str, str], bytes], tuple[int, bytes]]) -> Iterator[str]:
    """The address of a server that answers each request so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = answer(dict(self.headers), body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
