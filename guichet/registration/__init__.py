"""Becoming known: the request, the e-mail confirmation, the letter, the terms one agrees to."""
