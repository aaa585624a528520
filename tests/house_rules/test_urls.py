"""Addresses are promises: they stay, and what identifies a person in one says nothing."""

from pathlib import Path

LIST = Path(__file__).with_name("urls.txt")
PUBLIC_ID = "[^/]{32}"
"""What ``<string(length=32):…>`` matches."""


def test_urls_are_kept(app):
    # Removing a line breaks somebody's bookmark; adding one is a decision too.
    now = sorted({f"{rule.rule} {rule.endpoint}" for rule in app.url_map.iter_rules()})
    assert LIST.read_text().splitlines() == now


def test_every_identifier_in_a_url_is_typed(app):
    untyped = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if name.endswith("id") and converter.regex != PUBLIC_ID
    ]
    assert untyped == [], "records are named by their public_id: <string(length=32):…>"


def test_something_that_is_no_identifier_is_not_found(site):
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in rule.methods and "<" in rule.rule:
            path = rule.rule[: rule.rule.index("<")] + "../../etc/passwd"
            assert site.client().get(path, status=None).status in {302, 303, 404}, rule.rule
