"""Where a request finds the keys with which things are sealed."""

from flask import Flask, current_app

from app.security.key_store import KeyStore, open_store


def keys() -> KeyStore:
    """The key store. Looking at it costs nothing until something is sealed or opened."""
    found: KeyStore = current_app.extensions["key_store"]
    return found


def init_app(app: Flask) -> None:
    """Give the application its key store."""
    settings = app.config["SETTINGS"]
    app.extensions["key_store"] = open_store(settings.keys_address, settings.instance)
