"""Charts: what is drawn, in which colours and language, and that a drawing is made once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import vl_convert
from django.utils.translation import override

from luotsi.web.ui import charts
from luotsi.web.ui.charts import drawing
from luotsi.web.ui.charts.house import SIZES, colour

DOTS = [charts.Dot(f"2024-{month:02d}-01", 0.5 + month / 100, 0.55, 0.45, 0.65) for month in range(1, 13)]


def drawn(dots: list[charts.Dot], **options: object) -> str:
    with override("fi"):
        return charts.svg(charts.line(dots, title="Hoitoon pääsy", unit="share", **options))  # type: ignore[arg-type]


def test_a_chart_on_a_page_takes_every_colour_from_the_page() -> None:
    painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn(DOTS, target=0.8)))
    assert {colour for colour in painted if not colour.startswith("var(--")} <= {"none"}


def test_a_chart_on_paper_has_colours_of_its_own() -> None:
    assert "var(" not in charts.svg(charts.line(DOTS, title="t"), theme="print")


def test_a_chart_holds_no_style_that_the_security_policy_would_refuse() -> None:
    assert not re.search(r"<style|style=|<script|on\w+=", drawn(DOTS, target=0.8, notes=[("2024-03-01", "1")]))


def test_a_chart_says_what_it_is_to_those_who_do_not_see_it() -> None:
    spec = charts.line(DOTS, title='Pääsy "heti"', description="Nousee <10 %")
    assert 'role="img" aria-label="Pääsy &quot;heti&quot;. Nousee &lt;10 %"' in charts.svg(spec)


def test_an_axis_writes_numbers_as_the_language_does() -> None:
    spec = charts.line([charts.Dot("2024-01-01", 1000.0), charts.Dot("2024-02-01", 5000.0)], title="t")
    with override("fi"):
        assert "2\u00a0000<" in charts.svg(spec)
    with override("en"):
        assert "2,000<" in charts.svg(spec)


def test_a_gap_breaks_the_line_and_leaves_a_mark() -> None:
    gap = [*DOTS[:5], charts.Dot("2024-06-01", None), *DOTS[6:]]
    whole, broken = drawn(DOTS), drawn(gap)
    course = re.compile(r'd="(M[^"]+)" stroke="var\(--chart-1\)"')
    assert course.findall(whole)[0].count("M") == 1
    assert course.findall(broken)[0].count("M") == 2
    assert charts.line(gap, title="t")["data"]["values"][5]["untold"] == "missing"


def test_a_suppressed_value_is_marked_otherwise_than_a_missing_one() -> None:
    missing = drawn([*DOTS, charts.Dot("2025-01-01", None)])
    hidden = drawn([*DOTS, charts.Dot("2025-01-01", None, suppressed=True)])
    assert missing != hidden


@pytest.mark.parametrize("word", ["good", "bad", "change"])
def test_a_signal_has_a_shape_of_its_own(word: charts.Judgement) -> None:
    other = [*DOTS[:-1], charts.Dot("2024-12-01", 0.62, 0.55, 0.45, 0.65, signal=word)]
    sign = 'stroke="var(--chart-paper)"'
    assert drawn(other).count(sign) == drawn(DOTS).count(sign) + 1
    assert len({charts.line.__globals__["SHAPES"][kind] for kind in ("good", "bad", "change")}) == 3


@pytest.mark.parametrize("size", ["tile", "narrow", "wide"])
@pytest.mark.parametrize("dots", [[], [charts.Dot("2024-01-01", None), charts.Dot("2024-02-01", None)]])
def test_a_line_with_nothing_to_tell_says_so(dots: list[charts.Dot], size: charts.Size) -> None:
    assert "Ei lukuja" in drawn(dots, size=size, target=0.8, notes=[("2024-01-01", "1")])
    assert "Ei lukuja" not in drawn([*dots, *DOTS], size=size)


def test_small_multiples_on_a_phone_stand_under_each_other() -> None:
    panels = dict.fromkeys("abcd", DOTS)
    width, height = (
        {
            size: int(charts.svg(charts.multiples(panels, title="t", size=size)).split(f'{side}="')[1].split('"')[0])
            for size in ("narrow", "wide")
        }
        for side in ("width", "height")
    )
    assert width["narrow"] < 300 < width["wide"]
    assert height["narrow"] > 3 * height["wide"]


def test_every_form_of_chart_draws_in_every_size() -> None:
    square = [[[25, 62], [26, 62], [26, 63], [25, 63], [25, 62]]]
    area = {"type": "Feature", "id": "179", "geometry": {"type": "Polygon", "coordinates": square}}
    for size in ("tile", "narrow", "wide"):
        limit = [charts.Limit(10, 0.1, 0.2, 0.8, 0.9), charts.Limit(100, 0.3, 0.4, 0.6, 0.7)]
        specs = [
            charts.bars([charts.Bar("a", 0.4, 0.3, 0.5), charts.Bar("b", None)], title="t", unit="share", size=size),
            charts.bars([], title="t", size=size),
            charts.funnel([charts.Spot("a", 30, 0.5, "bad")], limit, centre=0.5, title="t", target=0.6, size=size),
            charts.multiples({"a": DOTS, "b": DOTS[:3]}, title="t", size=size),
            charts.map([area], {"179": 0.5}, title="t", size=size),
            charts.map([area], {}, title="t", size=size),
        ]
        for spec in specs:
            assert charts.svg(spec).startswith("<svg")


def test_one_number_alone_on_a_map_is_not_as_pale_as_what_is_not_told() -> None:
    area = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [25, 62]}}
    spec = charts.map([{**area, "id": "179"}, {**area, "id": "992"}], {"179": 32.0}, title="t", unit="count")
    colours = spec["encoding"]["fill"]["scale"]["range"]
    assert colours == [colour("step-3"), colour("chart-none")]


def test_a_drawing_is_made_once_for_all_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    spec = charts.line(DOTS, title="made once")
    first = charts.svg(spec)
    drawing._svg.cache_clear()  # another process remembers nothing but the files
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_a, **_k: pytest.fail("drawn again"))
    assert charts.svg(spec) == first


def test_many_threads_may_draw_at_once() -> None:
    def draw(number: int) -> str:
        with override("fi"):
            return drawing._drawn(json.dumps(charts.line(DOTS, title="threads", target=number / 100)), "page")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(draw, range(6)))
    assert found == [draw(number) for number in range(6)]


def test_a_picture_file_is_a_png_of_the_asked_scale() -> None:
    picture = charts.png(charts.line(DOTS, title="t", size="tile"), scale=2)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * SIZES["tile"][0]


def test_a_sparkline_has_gaps_and_an_end() -> None:
    line = charts.sparkline([1, 2, None, 3, 2], label="five months")
    assert line.count("M") == 2
    assert 'aria-label="five months"' in line
    assert charts.sparkline([None, None]) == ""
    assert charts.sparkline([5, 5]).count("<circle") == 1
