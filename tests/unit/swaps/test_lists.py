"""The lists that the exchanges draw from."""

from safezone.swaps.institutions import institutions
from safezone.swaps.lists import read_fields, read_lines
from safezone.swaps.people import names


def test_comments_and_empty_lines_are_left_out() -> None:
    lines = read_lines("safezone.swaps", "names.txt")
    assert not [line for line in lines if not line or line.startswith("#")]
    assert read_fields("safezone.swaps", "names.txt")[0] == [
        "Argentina",
        "Lucía, Matías",
        "Fernández, Quiroga",
    ]


def test_institutions_are_many_and_none_is_twice() -> None:
    assert len(institutions()) == len(set(institutions())) >= 30


def test_names_are_of_thirty_countries_and_more() -> None:
    countries = [of_country.country for of_country in names()]
    assert len(set(countries)) == len(countries) >= 30
    assert all(of_country.given and of_country.family for of_country in names())
