"""Measure everything, print the table, keep the figures in build/bench.json."""

import argparse
import json
import os
import platform
import sys
from typing import Any

from tools.bench import report
from tools.bench.measure import Rows, floors, merged, portal
from tools.bench.processes import LOAD_CORE, ROOT

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> None:
    options = _options()
    os.sched_setaffinity(0, {LOAD_CORE})
    measured: dict[str, Any] = {"machine": _machine(), "rounds": options.rounds}
    text = ""
    for engine in options.engine:
        _say(f"{ENGINES[engine]}: preparing")
        rounds: list[Rows] = []
        below: list[Rows] = []
        with portal(engine, options.rounds) as measuring:
            for number in range(options.rounds):
                _say(f"{ENGINES[engine]}: round {number + 1} of {options.rounds}")
                below.append(floors(options.seconds))
                rounds.append(measuring.round(options.seconds))
            counted = measuring.counted()
        under, figures = merged(below), merged(rounds)
        measured[engine] = {"floors": under, "figures": figures, "counted": counted}
        text += report.table(ENGINES[engine], under, figures, counted)
        text += "\n" + report.goals(under, figures, counted) + "\n"
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "bench.json").write_text(json.dumps(measured, indent=1))
    print(f"{measured['machine']}\n\n{text}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of load for each page")
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=list(ENGINES))
    return parser.parse_args()


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
