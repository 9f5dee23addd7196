"""Which years the date on a label means."""

from __future__ import annotations

import pytest

from backend.exhibition.curation import curate
from backend.exhibition.years import Years, years_of
from protocol.exhibition import Curation
from tests.backend.test_exhibition_curation import titles, works_with


@pytest.mark.parametrize(("words", "first", "last"), [
    ("1907", 1907, 1907), ("um 850", 850, 850), ("c. 1650", 1650, 1650), ("约1650年", 1650, 1650),
    ("１９５０年", 1950, 1950), ("一九五〇年", 1950, 1950), ("12 May 1950", 1950, 1950), ("01.05.1998", 1998, 1998),
    ("2024-05-01", 2024, 2024), ("2024-05", 2024, 2024), ("20240501", 2024, 2024), ("3/1998", 1998, 1998),
    ("May 12–14, 1950", 1950, 1950), ("No. 12, 1950", 1950, 1950), ("1950, printed 1980", 1950, 1950),
    ("c. 1890–95", 1890, 1895), ("1912–14", 1912, 1914), ("1912-14", 1912, 1914), ("1912年至1914年", 1912, 1914),
    ("between 1650 and 1660", 1650, 1660), ("Ming dynasty (1368–1644)", 1368, 1644),
    ("1650s", 1650, 1659), ("1950s–60s", 1950, 1969), ("1950年代", 1950, 1959), ("20世纪50-60年代", 1950, 1969),
    ("二十世纪五十年代", 1950, 1959), ("17th century", 1601, 1700), ("17世纪", 1601, 1700), ("十七世纪", 1601, 1700),
    ("17. Jh.", 1601, 1700), ("17th–18th century", 1601, 1800), ("early 17th century", 1601, 1633),
    ("mid-17th c.", 1634, 1667), ("17世纪末", 1668, 1700), ("19th – early 20th century", 1801, 1933),
    ("500 BC", -500, -500), ("500 B.C.E.", -500, -500), ("10,000 BC", -10000, -10000), ("公元前500年", -500, -500),
    ("公元前约500年", -500, -500), ("前221年", -221, -221), ("500–450 BC", -500, -450), ("公元前500–100年", -500, -100),
    ("3rd century BC", -300, -201), ("late 3rd century BC", -233, -201), ("5th-4th century BCE", -500, -301),
    ("27 BC – AD 14", -27, 14), ("AD 79", 79, 79), ("79 CE", 79, 79), ("公元79年", 79, 79),
])
def test_a_date_is_read_however_it_is_written(words: str, first: int, last: int) -> None:
    assert years_of(words) == Years(first, last)


@pytest.mark.parametrize("words", ["", "undated", "n.d.", "清代", "12 May", "30,000 years ago", "50s", "0th century"])
def test_what_tells_no_year_is_none(words: str) -> None:
    assert years_of(words) is None


def test_rooms_by_date_are_in_the_order_of_their_years_and_say_them() -> None:
    works = works_with(year=["1950", "100 BC", "17th century", "undated", "1912–14", "c. 1650", "500 BC", "1650s"])
    assert titles(curate(works, Curation.DATE, 3, 0)) == [
        ("500–100 BC", "61"), ("1601–1950", "25740"), ("", "3")]
    works = works_with(year=["公元79年", "公元前100年", "公元前500年"])
    assert titles(curate(works, Curation.DATE, 3, 0)) == [("公元前500年–公元79年", "210")]
    works = works_with(year=["44 BC", "AD 79"])
    assert titles(curate(works, Curation.DATE, 1, 0)) == [("44 BC", "0"), ("79", "1")]
    assert titles(curate(works, Curation.DATE, 3, 0)) == [("44 BC – AD 79", "01")]
