"""Files in every state: read row by row, or refused as a whole with a sentence."""

import csv
import os

import pytest

from app.feeds import reader
from app.feeds.reader import FileRefusedError, Table


@pytest.fixture
def opened(tmp_path):
    tables = []

    def opened_as(content, **how):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        tables.append(Table(path, **how))
        return tables[-1]

    yield opened_as
    for table in tables:
        table.close()


def cells(table):
    return [record.cells for record in table if not record.problem]


def problems(table):
    return [(record.number, record.problem) for record in table if record.problem]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,é\n",
        b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n",
        "a,b\n1,é\n".encode("utf-16"),
        "\ufeffa,b\r\n1,é\r\n".encode("utf-16-be"),
        "a,b\r1,é\r",
        ' a ,"b"\n1,"é"',
    ],
)
def test_encodings_and_line_ends_are_understood(opened, content):
    table = opened(content)
    assert table.header == ["a", "b"]
    assert cells(table) == [["1", "é"]]


def test_an_old_windows_file_is_read_only_when_the_mapping_says_so(opened):
    content = "a,b\n1,é\n".encode("cp1252")
    with pytest.raises(FileRefusedError, match=r"not UTF-8.*encoding: cp1252"):
        opened(content)
    assert cells(opened(content, encoding="cp1252")) == [["1", "é"]]


def test_a_late_wrong_byte_refuses_the_file_before_its_first_row(opened):
    with pytest.raises(FileRefusedError, match="not UTF-8"):
        opened(b"a,b\n" + b"1,2\n" * 200_000 + b"\xff,2\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \n\t\n", "is empty"),
        (b"PK\x03\x04rest", "a spreadsheet or ZIP file, not CSV"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel or Word file"),
        (b"%PDF-1.7", "a PDF file"),
        (b"a,b\n" + bytes(1000), "is binary"),
        ("a,b\n1,2\n".encode("utf-16-le"), "is binary"),
        (b",,\n1,2,3\n", "first row of the file is not a header"),
        (b"\na,b\n", "first row of the file is not a header"),
    ],
)
def test_a_file_that_is_no_table_is_refused(opened, content, sentence):
    with pytest.raises(FileRefusedError, match=sentence):
        opened(content)


def test_utf16_without_its_mark_is_refused(opened):
    with pytest.raises(FileRefusedError, match="no byte-order mark"):
        opened("a,b\n", encoding="utf-16")


def test_random_bytes_are_refused(opened):
    with pytest.raises(FileRefusedError):
        opened(os.urandom(100_000))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match="cannot be opened: No such file"):
        Table(tmp_path / "none.csv")


def test_one_endless_line_is_refused(opened, monkeypatch):
    monkeypatch.setattr(reader, "LONGEST_LINE", 1000)
    monkeypatch.setattr(reader, "BLOCK", 100)
    assert cells(opened("a,b\n" + "1,2\n" * 2000)) == [["1", "2"]] * 2000
    with pytest.raises(FileRefusedError, match="16 million characters"):
        opened("a,b\n1," + "x" * 1001 + "\n")
    with pytest.raises(FileRefusedError, match="16 million characters"):
        opened("a,b\n1," + "x" * 1001)


def test_a_column_that_is_missing_or_doubled_refuses_the_file(opened):
    table = opened("Name,Ref,Name,\n")
    assert table.position("Ref") == 1
    with pytest.raises(FileRefusedError, match="2 columns called Name"):
        table.position("Name")
    with pytest.raises(FileRefusedError) as refused:
        table.position("Number")
    assert str(refused.value) == (
        "The file has no column Number, which the mapping names. "
        "Its columns are: Name, Ref, Name, (no name). Correct the mapping or the file."
    )


def test_row_numbers_are_those_a_spreadsheet_shows(opened):
    table = opened('a,b\n\n1,"two\nlines"\n\n3,4\n')
    assert [(record.number, record.cells) for record in table] == [
        (3, ["1", "two\nlines"]),
        (5, ["3", "4"]),
    ]


def test_a_row_of_another_width_and_a_second_header_are_set_aside(opened):
    table = opened("a,b\na, b\n1\n1,2,3\n4,5\n")
    assert [(record.number, bool(record.problem)) for record in table] == [
        (2, True),
        (3, True),
        (4, True),
        (5, False),
    ]


@pytest.mark.parametrize("bad", ['"never closed,2', '"a"b,2', '1,"2""'])
def test_a_stray_quotation_mark_costs_one_row(opened, bad):
    good = "\n".join(f"{n},x" for n in range(500))
    table = opened(f"a,b\n0,0\n{bad}\n{good}\n")
    found = list(table)
    assert [record.number for record in found if record.problem] == [3]
    assert [record.cells for record in found if not record.problem] == [
        ["0", "0"],
        *[[str(n), "x"] for n in range(500)],
    ]


def test_a_quotation_mark_left_open_at_the_end_costs_one_row(opened):
    found = list(opened('a,b\n1,2\n"3,4\n5,6\n'))
    assert [record.cells for record in found] == [["1", "2"], [], ["5", "6"]]
    assert "out of place or never closed" in found[1].problem


def test_a_cell_of_a_megabyte_is_read(opened):
    assert len(cells(opened(f"a,b\n1,{'x' * 1_048_576}\n2,3\n"))[0][1]) == 1_048_576
    assert cells(opened("a,b\n1,2\n")) == [["1", "2"]]


def test_other_separators(opened):
    assert cells(opened("a;b\n1;2,5\n", delimiter=";")) == [["1", "2,5"]]
    assert cells(opened("a\tb\n1\t2\n", delimiter="tab")) == [["1", "2"]]


def test_reading_tells_how_far_it_has_got(opened):
    table = opened("a,b\n" + "1,2\n" * 50_000)
    seen = [table.done for record in table if record.number % 1000 == 0]
    assert seen == sorted(seen)
    assert table.done == table.size


def test_what_python_writes_is_read_back(opened, tmp_path):
    rows = [["a", "b"], ['"', ",\n"], ["", "\r\n"], ["'", '""']]
    path = tmp_path / "out.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    assert cells(opened(path.read_bytes())) == rows[1:]
