"""Definitions as text: read, modelled, checked, compared, compiled into forms that can be used."""
