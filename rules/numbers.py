"""Numbers as merchants write them, exactly: 4.2, 4点2, 四点二, 两, 仨, 八十五, 一百零五. Other text is no number."""

import re
from collections.abc import Mapping
from decimal import Decimal

DIGITS: Mapping[str, int] = {
    digit: value
    for value, digits in enumerate(("零〇", "一幺", "二两俩", "三仨", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
UNITS: Mapping[str, int] = {"千": 1000, "百": 100, "十": 10}

WHOLE = f"[{''.join(DIGITS)}十百千]{{1,9}}"
"""What a Chinese whole number is written with."""
_DECIMALS = "[零〇一二三四五六七八九]{1,9}"
NUMBER = rf"(?:[0-9]{{1,12}}(?:[.点][0-9]{{1,9}})?|{WHOLE}点{_DECIMALS}|{WHOLE})"
"""What any number is written with, to be found in a longer text and read by `number`."""

_DECIMAL = re.compile(rf"(?P<whole>[0-9]{{1,12}}|{WHOLE})(?:[.。点](?P<part>[0-9]{{1,9}}|{_DECIMALS}))?")
_SOME = "[" + "".join(digit for digit, value in DIGITS.items() if value) + "]"
_PLACES = re.compile(
    rf"(?:(?P<千>{_SOME})千)?(?P<gap>零)?(?:(?P<百>{_SOME})百)?(?P<hole>零)?"
    rf"(?:(?P<十>{_SOME})?(?P<ten>十))?(?P<one>{_SOME}|[零〇])?"
)


def number(text: str) -> Decimal | None:
    """The number written by the whole text, None for no number or an unclear number: "两三" and "一百二" are none."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    whole = _whole(found["whole"])
    if whole is None:
        return None
    return Decimal(f"{whole}.{digits(found['part'])}" if found["part"] else whole)


def count(text: str) -> int | None:
    """The whole number written by the text, else None."""
    value = number(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def digits(text: str) -> str:
    """The text with Arabic for Chinese digits, as in a year (二〇二二) or behind a decimal point."""
    return "".join(str(DIGITS.get(digit, digit)) for digit in text)


def _whole(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    if text in DIGITS:
        return DIGITS[text]
    found = _PLACES.fullmatch(text)
    if found is None or _is_loose(found):
        return None
    tens = DIGITS[found["十"]] if found["十"] else int(found["ten"] is not None)
    places = sum(UNITS[unit] * DIGITS[found[unit]] for unit in "千百" if found[unit])
    return places + 10 * tens + (DIGITS[found["one"]] if found["one"] else 0)


def _is_loose(found: re.Match[str]) -> bool:
    """Forms that may mean two numbers: 一百二 is said for 120, and written by mistake for 102."""
    zeros, high = found["gap"] or found["hole"], found["千"] or found["百"]
    if found["one"] in ("零", "〇") or (zeros and not (high and found["one"])):
        return True
    return bool(high and not zeros and not found["ten"] and found["one"])
