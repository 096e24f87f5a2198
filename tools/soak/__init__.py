"""Kill the server and the worker at random moments under load, then count.

    make soak                                  some minutes on SQLite, then the count
    .venv/bin/python -m tools.soak --help      longer, or on PostgreSQL
    .venv/bin/python -m tools.soak --posts 100000
                                               odd requests at the addresses of drafts: no crash

People create professional spaces, ask to be registered, and send procedures with papers. Whoever
gets no answer sends the same bytes again, as browsers and impatient people do. Afterwards:
everything that was acknowledged must be there, once; everything that is there must be whole; each
mail must have arrived.
"""
