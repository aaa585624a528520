"""Attacks on published figures, tried on every candidate: a release is refused when one wins.

Loads numpy and scipy: import it where a release is made, not where pages are.
"""
