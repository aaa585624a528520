"""Trauma Tracker. The site is put together in ``app.factory``."""
