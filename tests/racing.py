"""Acts of several people at the same instant."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from guichet.refusals import Refused


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the code of its refusal; all begin at the same instant."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results.append(act())
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(acts)
    return results
