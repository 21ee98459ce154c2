"""Components: what a reader cannot see on the living page."""

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override

from luotsi.web.ui.templatetags.ui import register


def made(text: str, **context: object) -> str:
    return Template("{% load ui formats %}" + text).render(Context(context))


class Form(forms.Form):
    day = forms.DateField(label="Day", help_text="For example 5.2.2024")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_living_page_shows_every_component(client: Client, language: str) -> None:
    text = client.get("/ui/", headers={"accept-language": language}).content.decode()
    assert [tag for tag in register.tags if f"<strong>{tag}</strong>" not in text] == ["icon"]


def test_a_field_ties_its_hint_and_error_to_the_control() -> None:
    text = made("{% field form.day %}", form=Form({"day": "soon"}))
    assert 'aria-describedby="id_day-hint id_day-error"' in text
    assert 'aria-invalid="true"' in text


def test_the_summary_of_errors_leads_to_each_field() -> None:
    assert 'href="#id_day"' in made("{% errors form %}", form=Form({"day": "soon"}))
    assert not made("{% errors form %}", form=Form({"day": "2024-02-05"})).strip()


def test_the_pages_of_a_list_keep_the_rest_of_the_address(rf: RequestFactory) -> None:
    page = Paginator(range(100), 10).page(2)
    text = made("{% pagination page %}", page=page, request=rf.get("/?area=179&page=2"))
    assert 'href="?area=179&amp;page=3"' in text
    assert "page=2" not in text.replace('aria-current="page"', "")


def test_what_comes_from_outside_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script>"
    texts = [
        made("{% card title=evil %}{{ evil }}{% endcard %}", evil=evil),
        made("{% tile title=evil value=evil status='good' status_text=evil %}{% endtile %}", evil=evil),
        made("{% notice title=evil %}{{ evil }}{% endnotice %}", evil=evil),
        made("{% button evil href=evil %}{% link evil evil %}{% status 'good' evil %}{% tag evil %}", evil=evil),
    ]
    assert not [text for text in texts if "<script" in text]


def test_a_tile_without_a_value_shows_neither_number_nor_target() -> None:
    with override("en"):
        text = made("{% tile title='t' value='12' target='20' missing='Hidden' %}{% endtile %}")
    assert "Hidden" in text
    assert "12" not in text
    assert "20" not in text


def test_the_colours_are_kept_and_the_page_is_kept() -> None:
    client = Client()
    answer = client.post("/theme/", {"theme": "dark", "next": "/ui/?a=1"})
    assert answer["Location"] == "/ui/?a=1"
    assert client.cookies["theme"].value == "dark"


def test_the_choice_of_colours_leads_nowhere_else() -> None:
    client = Client()
    assert client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.post("/theme/", {"theme": "loud"}).cookies.get("theme") is None
