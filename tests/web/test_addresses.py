"""Addresses in templates are those that Flask would build, wherever the site is mounted."""

import pytest
from flask import url_for

from app.web.addresses import address

ID = "0" * 32


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("teams.home", {}),
        ("teams.team", {"unit_id": ID}),
        ("teams.counted", {"person_id": ID, "days": 28, "code": None}),
        ("teams.counted", {"person_id": ID, "days": 28, "code": "a b&c"}),
        ("teams.my_teams", {"page": ["1", "2"]}),
        ("teams.team", {"unit_id": ID, "_external": True}),
        ("teams.team", {"unit_id": ID, "_anchor": "rows"}),
    ],
)
@pytest.mark.parametrize("root", ["", "/tracker"])
def test_an_address_is_what_flask_builds_each_time(app, endpoint, values, root):
    with app.test_request_context("/", base_url=f"http://localhost{root}"):
        expected = url_for(endpoint, **values)
        assert [address(endpoint, **values), address(endpoint, **values)] == [expected, expected]
        assert expected.startswith((root, "http"))
