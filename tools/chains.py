"""What chains cost: acts per second with and without one, and the closing of a day.

    python -m tools.chains [heads]                                        on SQLite
    python3.11 -m tools.with_postgres .venv/bin/python -m tools.chains    on PostgreSQL

An act is what sending adds to the database at least: a receipt and an entry of the audit register. 16
clients do it, each about a case of its own, in turns of a second with and without a link, so that whatever
else the machine does weighs on both alike. A database of its own is made and thrown away.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

CLIENTS, TURNS, SECONDS = 16, 5, 2.0
HEADS, AT_ONCE = 100_000, 5_000


def main(heads: int) -> None:
    with tempfile.TemporaryDirectory(prefix="guichet-chains-") as folder:
        os.environ["GUICHET_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "guichet.config.settings"
        os.environ.setdefault("GUICHET_LOG_LEVEL", "WARNING")
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        print(f"On {connection.vendor}")
        _acts()
        _day(heads)


def _acts() -> None:
    from guichet.audit.actions import record
    from guichet.proofs import actions
    from guichet.proofs.models import Kind

    def plain(_chain: UUID) -> None:
        actions.vouch({"kind": "submission", "reference": "2026-0471-1837"})
        record("procedures.sent")

    def chained(chain: UUID) -> None:
        plain(chain)
        actions.append(chain=chain, kind=Kind.SENT, facts={"reference": "2026-0471-1837"})

    chains = [uuid4() for _ in range(CLIENTS)]
    _rate(chained, chains)  # warm, and every chain is begun
    rates = [(_rate(plain, chains), _rate(chained, chains)) for _turn in range(TURNS)]
    without, within = (median(each) for each in zip(*rates, strict=True))
    ratio = median(chained / plain for plain, chained in rates)
    print(f"Acts a second, {CLIENTS} clients on {CLIENTS} chains: {within:.0f} with a link,")
    print(f"  {without:.0f} without: {ratio:.0%} of them")


def _rate(act: Callable[[UUID], None], chains: list[UUID]) -> float:
    """Acts a second, one client for each chain."""
    from django.db import connection, transaction

    done, until = [0] * len(chains), time.monotonic() + SECONDS

    def client(number: int) -> None:
        try:
            while time.monotonic() < until:
                with transaction.atomic():
                    act(chains[number])
                done[number] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(chains))]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - started)


def _day(heads: int) -> None:
    from django.db import connection

    from guichet import clock
    from guichet.proofs import actions
    from guichet.proofs.models import Chain, Day, Kind, Leaf, Link

    at = clock.now() - timedelta(days=1, hours=1)
    for batch in range(heads // AT_ONCE):
        chains = Chain.objects.bulk_create(Chain(name=uuid4()) for _each in range(AT_ONCE))
        Link.objects.bulk_create(
            Link(
                chain=chain,
                number=1,
                kind=Kind.SENT,
                at=at.replace(microsecond=0) + timedelta(seconds=batch),
                facts="{}",
                salt="0" * 32,
                facts_digest=uuid4().hex * 2,
                before="0" * 64,
                digest=uuid4().hex * 2,
            )
            for chain in chains
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in the course of a day
    Path("/proc/self/clear_refs").write_text("5")  # from here on, the peak is the closing's
    before, started, worked = _peak_mebibytes(), time.monotonic(), time.process_time()
    actions.close_days()
    seconds, processor = time.monotonic() - started, time.process_time() - worked
    day, more = Day.objects.get(), _peak_mebibytes() - before
    print(f"Root over {day.count} chains: {seconds:.1f} s ({processor:.1f} s of it our processor),")
    print(f"  {more:.0f} MiB more")
    leaf = Leaf.objects.select_related("link__chain", "day").get(position=day.count // 2)
    name = leaf.link.chain.name
    assert name is not None
    receipt, started = actions.vouch({"kind": "submission"}), time.monotonic()
    content = actions.proof_file(name, receipt)
    milliseconds = 1000 * (time.monotonic() - started)
    print(f"A proof from it: {milliseconds:.0f} ms, {len(content)} bytes")


def _peak_mebibytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else HEADS)
