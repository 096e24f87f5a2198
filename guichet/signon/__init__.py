"""Proving who one is, now: sign-on products, assurance levels, sessions, throttles."""
