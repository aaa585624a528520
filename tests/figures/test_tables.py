"""What a page of figures says, as data."""

from app.figures.tables import Table


def test_a_chart_draws_the_strings_of_its_table_and_leaves_gaps_for_words() -> None:
    table = Table(
        "People exposed",
        ("District", "Share", "People"),
        (
            ("North", "29%", "1,240"),
            ("South", "fewer than 10", "35"),
            ("East", "group too small", "group too small"),
        ),
    )

    assert table.points(1) == [29, None, None]
    assert table.points(2) == [1240, 35, None]
