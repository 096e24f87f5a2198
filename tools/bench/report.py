"""The table that PERFORMANCE.md holds."""

from typing import Any

NAMES = {
    "bare": "Bare WSGI answer, 15 KB",
    "empty": "Empty Django view, no middleware",
    "usual": "Empty Django view, usual middleware",
    "argon2id": "One argon2id hash (19 MiB, t=2, p=1)",
    "home": "Anonymous home, from memory",
    "home-cookie": "Anonymous home, visitor with a cookie",
    "help": "Help page, from memory",
    "products": "Product page, from memory",
    "secrets": "UserID and password (form)",
    "hub": "Hub of the spaces",
    "hub-200": "Hub with 200 spaces",
    "users-500": "Users of a space with 500, first page",
    "space": "Space home, warm",
    "space-304": "Space home, not modified",
    "space-cold": "Space home, cold",
    "sign-on": "Whole sign-on, five pages and the hash",
    "password": "of which UserID and password are checked",
    "create": "Creating a space, 16 clients at once (three forms)",
    "search": "Search of the catalogue, with a typing error",
    "draft": "A page of a draft",
    "draft-autosave": "Saving it while one types (JSON)",
    "draft-save": "Saving it with its button",
    "attach": "Adding a paper of 5 MB, one form",
    "send": "Check, sign and send with that paper, three requests",
}
HEAD = (
    "| Page | CPU µs min | median | × empty view | × usual view | requests/s | p50 ms | p99 ms "
    "| queries | KB | KB gzipped |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def table(
    engine: str, floors: dict[str, Any], figures: dict[str, Any], counted: dict[str, Any]
) -> str:
    """One database as Markdown."""
    lines = [f"### {engine}", "", HEAD]
    for key, name in NAMES.items():
        row = floors.get(key) or figures.get(key)
        if row:
            lines.append(_line(name, row, floors, counted.get(key, {})))
    merging = counted["merging"]
    lines += [
        "",
        f"Merging two spaces with 10,000 objects of each kind: preview {merging['preview']:.1f} s, "
        f"carried out in one transaction in {merging['carry-out']:.1f} s.",
    ]
    filling = counted["filling"]
    lines += [
        "",
        f"One change of a draft with 500 fields and 200 rows: what follows from it {filling['look']:.1f} ms, "
        f"everything that keeps it from being sent {filling['faults']:.1f} ms "
        f"({filling['nothing-answered']:.0f} ms while nothing is answered).",
    ]
    start, memory = figures["start"]["seconds"], figures["memory"]
    lines += [
        "",
        f"Start to first answer {start:.2f} s. Memory of the serving process after the run "
        f"{memory['pss']:.0f} MB proportional, {memory['rss']:.0f} MB resident.",
        "",
    ]
    return "\n".join(lines)


def _line(name: str, row: dict[str, float], floors: dict[str, Any], counted: dict[str, Any]) -> str:
    cells = [name, _whole(row.get("cpu_min")), _whole(row.get("cpu"))]
    for floor in ("empty", "usual"):
        cells.append(_ratio(row["cpu_min"] / floors[floor]["cpu_min"]))
    cells += [_whole(row.get("rate")), _short(row.get("p50")), _short(row.get("p99"))]
    cells.append(str(counted["queries"]) if "queries" in counted else "")
    cells += [_kilo(counted.get("bytes")), _kilo(counted.get("gzipped"))]
    return "| " + " | ".join(cells) + " |"


def goals(floors: dict[str, Any], figures: dict[str, Any], counted: dict[str, Any]) -> str:
    """Each goal, what was measured, whether it is met."""
    cpu = {key: row["cpu_min"] for key, row in {**floors, **figures}.items() if "cpu_min" in row}
    gzipped = max(
        row.get("gzipped", 0) for row in counted.values()
    )  # of merging and filling, which are no pages, 0
    rows = [
        ("1", "Space home cold: at most 4 queries", counted["space-cold"]["queries"], 4),
        ("1", "Space home warm: at most 2 queries", counted["space"]["queries"], 2),
        ("1", "Space home cold: at most 4 × the empty view (usual middleware)", cpu["space-cold"] / cpu["usual"], 4),
        ("1", "Space home warm: at most 1.5 × the empty view (usual middleware)", cpu["space"] / cpu["usual"], 1.5),
        ("2", "Anonymous page: at most 3 × the bare answer", cpu["home"] / cpu["bare"], 3),
        ("3", "Whole sign-on: at most 1.2 × one argon2id", cpu["sign-on"] / cpu["argon2id"], 1.2),
        ("3", "of which UserID and password", cpu["password"] / cpu["argon2id"], 1.2),
        ("5", "p99 of a write, 16 clients: below 250 ms", figures["create"]["p99"], 250),
        ("spaces", "Hub with 200 spaces: below 100 ms of server time", cpu["hub-200"] / 1000, 100),
        ("spaces", "Users page with 500 members: at most 6 queries", counted["users-500"]["queries"], 6),
        ("spaces", "Merging two spaces with 10,000 objects of each kind: below 20 s", counted["merging"]["carry-out"], 20),
        ("procedures", "A page of a draft: at most 6 queries", counted["draft"]["queries"], 6),
        ("procedures", "A change of a draft with 500 fields and 200 rows: below 50 ms", _change(counted["filling"]), 50),
        ("7", "Start to first answer: below 1.5 s", figures["start"]["seconds"], 1.5),
        ("7", "Memory per worker: below 120 MB", figures["memory"]["pss"], 120),
        ("8", "HTML gzipped: at most 15 KB", gzipped / 1000, 15),
    ]  # fmt: skip
    lines = ["| Goal | Of | Measured | Met |", "|---|---|--:|---|"]
    for number, text, measured, limit in rows:
        lines.append(
            f"| {text} | {number} | {_short(measured)} | {'yes' if measured <= limit else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _change(filling: dict[str, Any]) -> float:
    """What one change costs at most: what follows from it, and everything that is wrong or missing."""
    return float(filling["look"] + max(filling["faults"], filling["nothing-answered"]))


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _kilo(value: int | None) -> str:
    return "" if not value else f"{value / 1000:.1f}"
