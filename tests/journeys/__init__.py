"""Whole walks through the running portal, with a browser, a mail server and two databases."""
