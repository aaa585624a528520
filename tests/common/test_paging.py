"""Pages of long lists: whatever an address asks for, there is one."""

import pytest

from app.common.paging import Page


@pytest.mark.parametrize(
    ("asked", "number"),
    [(None, 1), ("2", 2), ("3", 3), ("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 40, 1)],
)
def test_the_nearest_page_there_is(asked, number):
    page = Page.of(asked, 120)
    assert (page.number, page.last, page.offset) == (number, 3, (number - 1) * 50)


def test_an_empty_list_has_one_page():
    assert Page.of("5", 0) == Page(1, 0)
    assert Page(1, 0).last == 1
