"""A real SMTP server on this machine that keeps what it is given: nothing leaves a demonstration."""

import asyncio
import logging
import os
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from django.conf import settings


class MailServer:
    """Listens on the loopback address from `start` to `stop`, in a thread of its own.

    `port` 0 takes a free one; `port` then says which. A message is acknowledged when it is a file
    in `folder`.
    """

    def __init__(self, port: int = 0, folder: Path | None = None) -> None:
        self.port = port
        self.folder = folder or mail_folder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)

    def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # below, it logs addresses
        self._thread.start()
        listening = self._loop.create_server(self._protocol, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Close the door; connections in progress are cut."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _protocol(self) -> SMTP:
        return SMTP(_Keeper(self.folder), hostname="localhost", loop=self._loop)


class _Keeper:
    """aiosmtpd's handler: one file a message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.endswith("@nowhere.example"):  # to see what happens then
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        name = f"{time.time_ns()}-{secrets.token_hex(3)}"
        draft = self._folder / f".{name}"
        draft.write_bytes(envelope.original_content or b"")
        os.replace(draft, self._folder / f"{name}.eml")
        return "250 Kept"


def mail_folder() -> Path:
    """Where the messages lie."""
    return Path(settings.DATA) / "mails"
