"""Which years the date on a label means: “c. 1650”, “1912–14”, “500 BC”, “17世纪”."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Years", "years_of"]


@dataclass(frozen=True, order=True)
class Years:
    """
    Attributes:
        first, last: of them, equal where it is one; those before Christ are negative.
    """

    first: int
    last: int

    def title(self, *, in_chinese: bool) -> str:
        """Of a room. Years after Christ alone are digits in every language."""
        first, last = abs(self.first), abs(self.last)
        if self.first >= 0:
            return f"{first}–{last}" if first != last else f"{first}"
        if in_chinese:
            end = f"公元前{last}年" if self.last < 0 else f"公元{last}年"
            return f"公元前{first}年–{end}" if self.first != self.last else end
        if self.last >= 0:
            return f"{first} BC – AD {last}"
        return f"{first}–{last} BC" if first != last else f"{first} BC"


_DATE = re.compile(r"""
    (?:(?:(?P<early>early)|(?P<mid>mid(?:dle)?)|(?P<late>late))[\s-]*(?:of\s+)?(?:the\s+)?)?
    (?:(?P<bc_before>公元前|西元前|前|\A-)|(?P<ad_before>公元|西元|(?<![a-z])a\.?d\.?(?![a-z])))?
    (?:\s*(?:约|約|ca?\.)?\s*)
    (?<!\d)(?P<number>\d{1,5})(?!\d)
    (?P<nth>st|nd|rd|th|e|\.(?=\s*(?:j|-|~)))?
    (?:[\s-]*(?P<century>centur(?:y|ies)|cent(?![a-z])\.?|(?(nth)c(?![a-z])\.?|(?!))|jahrhundert\w*|jh(?![a-z])\.?|siècle\w*
                         |世纪|世紀)
        (?:(?P<tens>\d0)(?:年代|(?=[-~]\d0年代)))?
        (?:(?P<early_after>初|早|前|上)|(?P<mid_after>中)|(?P<late_after>末|晚|后|後|下))?
      |(?P<decade>'?s(?![a-z])|年代)
      |年)?
    (?:\s*(?:(?P<bc_after>b\.?\s?c\.?\s?e\.?(?![a-z])|b\.?\s?c\.?(?![a-z])|v\.\s?chr|av\.?\s?j)
            |(?P<ad_after>[ac]\.?\s?[de]\.?(?![a-z])|n\.\s?chr)))?
    """, re.VERBOSE)
_JOINED = re.compile(r"\s*(?:-|~|/|to|until|and|bis|至|到|与|和)\s*(?:the\s+)?(?:ca?\.\s*|约|約)?")
_THIRDS = {"early": (0, 32), "mid": (33, 66), "late": (67, 99)}  # of a century
_DIGITS = "〇一二三四五六七八九"
_AS_OURS = str.maketrans(_DIGITS, "0123456789")


@dataclass
class _Date:
    """A date as it is written, in a text from `start` to `end`."""

    number: int
    digits: int
    unit: str  # "year", "decade" or "century"
    era: str  # "bc", "ad" or ""
    is_era_before: bool
    third: str  # by `_THIRDS`, or ""
    tens: int | None
    start: int
    end: int

    def years(self) -> Years | None:
        """None for a number that is none, as of a day."""
        if self.unit == "century":
            if self.digits > 2 or not self.number:
                return None
            low, high = (100 * self.number - 99, 100 * self.number)
            if self.tens is not None:
                low, high = low - 1 + self.tens, low + 8 + self.tens
            elif self.third:
                before, after = _THIRDS[self.third]
                low, high = (high - after, high - before) if self.era == "bc" else (low + before, low + after)
        elif self.digits in (3, 4) or (self.era and self.unit == "year"):
            low = self.number
            high = low + 9 if self.unit == "decade" and low % 10 == 0 else low
        else:
            return None
        return Years(-high, -low) if self.era == "bc" else Years(low, high)


def years_of(words: str) -> Years | None:
    """The first date that is told, to the next where the two are joined; None where no year is told."""
    text = _plain(words)
    dates = [_date(match) for match in _DATE.finditer(text)]
    between = [text[one.end:other.start] for one, other in pairwise(dates)] + [""]
    for place, (date, joint) in enumerate(zip(dates, between, strict=False)):
        until = dates[place + 1] if _JOINED.fullmatch(joint) else None
        if until is not None:
            is_month = joint == "-" and until.digits == 2 and until.number <= 12  # 2024-05-01
            _share(date, until)
        years = date.years()
        if years is not None:
            end = until.years() if until is not None and not is_month else None
            return years if end is None else Years(min(years.first, end.first), max(years.last, end.last))
    return None


def _plain(words: str) -> str:
    """In small letters and our digits; dashes that are no hyphens as “~”."""
    text = re.sub("[–—−〜]", "~", unicodedata.normalize("NFKC", words)).casefold().strip()
    text = re.sub(r"(?<!\d)(\d{1,2}),(\d{3})(?!\d)", r"\1\2", text)
    text = re.sub(r"(?<!\d)(\d{4})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)", r"\1", text)  # 20240501
    text = text.replace("零", "〇").replace("○", "〇")
    text = re.sub(f"[{_DIGITS}]{{3,4}}(?=年)", lambda found: found[0].translate(_AS_OURS), text)
    return re.sub(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?=世纪|世紀|年代)", _counted, text)


def _counted(found: re.Match[str]) -> str:
    """二十一 as 21."""
    tens, ten, ones = found.groups()
    if not ten:
        return (tens + ones).translate(_AS_OURS)
    return str(10 * (_DIGITS.index(tens) if tens else 1) + (_DIGITS.index(ones) if ones else 0))


def _date(match: re.Match[str]) -> _Date:
    told = {name for name, words in match.groupdict().items() if words}
    return _Date(number=int(match["number"]), digits=len(match["number"]),
                 unit="century" if "century" in told else "decade" if "decade" in told else "year",
                 era="bc" if told & {"bc_before", "bc_after"} else "ad" if told & {"ad_before", "ad_after"} else "",
                 is_era_before=bool(told & {"bc_before", "ad_before"}),
                 third=next((third for third in _THIRDS if told & {third, f"{third}_after"}), ""),
                 tens=int(match["tens"]) if match["tens"] else None, start=match.start(), end=match.end())


def _share(date: _Date, until: _Date) -> None:
    """What is written once of two dates that are joined, as the 19 of “1912–14” and the “BC” of “500–400 BC”."""
    if date.unit == "year" and until.unit != "year" and (until.unit == "decade") == (date.digits > 2):
        date.unit = until.unit
    date.era = date.era or until.era
    if date.is_era_before and not until.era and (date.era == "ad" or until.number < date.number):
        until.era = date.era
    base = 10 ** until.digits
    if until.unit == "decade" and date.tens is not None:
        until.number, until.digits = until.number + 100 * (date.number - 1), 4
    elif until.unit == date.unit != "century" and until.digits < date.digits and until.number > date.number % base \
            and date.era != "bc":
        until.number, until.digits = date.number - date.number % base + until.number, date.digits
