"""Maps: what a file has to be, and what is drawn from it."""

import json

import pytest

from app.demo.shapes import shapes as invented
from app.web.geography import ShapesRefusedError, draw, read_shapes, written
from app.web.maps import Area, figure_map

SQUARE = [[-1.0, 54.0], [-0.9, 54.0], [-0.9, 54.1], [-1.0, 54.1], [-1.0, 54.0]]


def file(*, geometry=None, properties=None, **more):
    feature = {
        "type": "Feature",
        "properties": {"unit": "D1"} if properties is None else properties,
        "geometry": geometry or {"type": "Polygon", "coordinates": [SQUARE]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("[]", "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "1 to 200"),
        (file(crs={"type": "name"}), "WGS 84"),
        (file(properties={}), "no property"),
        (file(geometry={"type": "Point", "coordinates": [0, 0]}), "Polygon"),
        (file(geometry={"type": "Polygon", "coordinates": [SQUARE[:3]]}), "four positions"),
        (file(geometry={"type": "Polygon", "coordinates": [SQUARE[:-1]]}), "four positions"),
        (file(geometry={"type": "Polygon", "coordinates": []}), "no outline"),
        (file(geometry={"type": "Polygon", "coordinates": [[["a", 1]]]}), "D1"),
        (file().replace("54.0", "540000"), "longitude"),
        (file().replace("54.0", "NaN"), "longitude"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text, why):
    with pytest.raises(ShapesRefusedError, match=why):
        read_shapes(text)


def test_two_features_of_one_unit_are_refused():
    held = json.loads(file())
    held["features"] *= 2
    with pytest.raises(ShapesRefusedError, match="MultiPolygon"):
        read_shapes(json.dumps(held))


def test_what_is_kept_reads_as_what_was_loaded():
    for text in (file(), invented()):
        assert read_shapes(written(read_shapes(text))) == read_shapes(text)


def test_a_square_is_drawn_narrowed_as_far_north_as_it_is():
    drawing = draw(read_shapes(file()))
    assert drawing.width / drawing.height == pytest.approx(0.587, abs=0.01)
    assert drawing.outlines[0].path.count("L") == 3


def test_neighbours_of_the_demo_share_their_border():
    shapes = read_shapes(invented())
    first, *others = [{point for ring in shape.rings for point in ring} for shape in shapes]
    assert any(len(first & other) > 5 for other in others)


def test_shades_go_from_the_lowest_to_the_highest_and_stripes_mean_no_figure():
    shapes = read_shapes(invented())
    names = [shape.unit for shape in shapes]
    areas = [Area(name, name, at / 10, f"{at * 10}%") for at, name in enumerate(names[:-1])]
    drawn = figure_map(areas, shapes=shapes)
    assert [one.shade for one in drawn.painted] == [1, 2, 4, 5, 0]
    assert drawn.legend[-1].words == "No figure"
    assert figure_map([Area("Elsewhere", "Elsewhere", 1.0, "1")], shapes=shapes) is None


def test_a_force_loads_its_own_districts(site, tmp_path):
    path, runner = tmp_path / "d.geojson", site.app.test_cli_runner()
    path.write_text(file(properties={"code": "Nowhere"}))
    told = runner.invoke(args=["geography", "load", str(path), "--names", "code"])
    assert told.exit_code == 1
    assert "nothing was kept" in told.output
    path.write_text(file(properties={"code": "Harrowmere"}))
    told = runner.invoke(args=["geography", "load", str(path), "--names", "code"])
    assert told.output == "Maps are drawn from now on. Districts: 1.\n"
