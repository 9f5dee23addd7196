"""Which language a text is in, as BCP 47 names it: as somebody says, else as its letters tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from .errors import BadInput

if TYPE_CHECKING:
    from .exhibition_plan import ExhibitionPlan, PlannedWork

__all__ = ["check_language", "is_language", "language_of", "work_language"]

_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*",
                  re.IGNORECASE | re.ASCII)
# By scripts, as the Unicode names of their letters begin: what is written so; the first where nothing tells which.
_WRITTEN = {script: tuple(languages.split()) for script, languages in {
    "CJK": "zh ja ko yue nan hak wuu", "HIRAGANA": "ja", "HANGUL": "ko",
    "CYRILLIC": "ru uk be bg sr mk bs kk ky mn tg tt uz az ba cv sah",
    "ARABIC": "ar arz fa ur ps ku ckb ug sd pa ks az kk ms", "HEBREW": "he yi", "GREEK": "el", "ARMENIAN": "hy",
    "GEORGIAN": "ka", "DEVANAGARI": "hi mr ne sa kok mai bho ks sd", "BENGALI": "bn as", "GURMUKHI": "pa",
    "GUJARATI": "gu", "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "SINHALA": "si", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "TIBETAN": "bo dz",
    "ETHIOPIC": "am ti"}.items()}
_LATIN_TOO = {"az", "bs", "kk", "ku", "ms", "nan", "sr", "tt", "uz"}  # of these, are written in Latin letters, too
_SAME = {"KATAKANA": "HIRAGANA", "KATAKANA-HIRAGANA": "HIRAGANA"}
_KANA_SHARE = 0.1  # from which on a text is Japanese, and not Chinese that quotes some


def is_language(tag: str) -> bool:
    """Whether it is made as tags of BCP 47 are: a language, and perhaps a script, a region and variants."""
    return _TAG.fullmatch(tag) is not None


def check_language(tag: str) -> None:
    """Raises:
        BadInput: it is neither a tag nor "".
    """
    if tag and not is_language(tag):
        raise BadInput("The language {language} is no language tag.", "Write one as BCP 47 has it, such as en, pt-BR "
                       "or zh-Hans.", language=tag)


def language_of(text: str, otherwise: str) -> str:
    """A tag: `otherwise`, unless most letters are of a script that is known, and that this language is not written in.
    Latin letters are English then, as titles in foreign letters mostly are.
    """
    found = Counter(_script(letter) for letter in unicodedata.normalize("NFKC", text) if letter.isalpha())
    count = found.total()
    # Japanese and Korean are written with Chinese letters among their own
    east = {script: found.pop(script, 0) for script in ("CJK", "HIRAGANA", "HANGUL")}
    han, kana, hangul = east.values()
    eastern = "HANGUL" if hangul > kana else "HIRAGANA" if kana > _KANA_SHARE * (han + kana) else "CJK"
    found[eastern] = sum(east.values())
    script, most = found.most_common(1)[0]
    language, *parts = otherwise.lower().split("-")
    if 2 * most <= count or language in _WRITTEN.get(script, ()):
        return otherwise
    if script == "LATIN":
        has_own = language not in _LATIN_TOO and any(language in written for written in _WRITTEN.values())
        return "en" if has_own and "latn" not in parts else otherwise
    if script not in _WRITTEN:
        return otherwise
    return _WRITTEN[script][0]


def work_language(plan: ExhibitionPlan, work: PlannedWork) -> str:
    """That it is told to be in, else as the letters of its texts tell, else the exhibition's."""
    return work.language or language_of(" ".join((work.title, work.text, work.alt, work.medium)), plan.main_language)


def _script(letter: str) -> str:
    word = unicodedata.name(letter, "").split(" ")[0]
    return _SAME.get(word, word)
