"""How fast the portal is, beside an empty view of the same framework on the same server.

    make bench                                 both databases, three rounds
    .venv/bin/python -m tools.bench --help     shorter, or in part

Everything runs on this machine, over loopback, and ends by itself. See PERFORMANCE.md.
"""
