"""Slips of the tongue and orders to a machine: what is meant is kept, what is not is dropped."""

import re

from desk.language import digits, text

CORRECTED = re.compile(r"(说|写|打|弄|搞)错了|不是.{1,8}(?:而)?是|^(哦|噢|哎呀?|诶|啊|呃)*\s*不对[，,\s]*(应该)?是")
MEANT = re.compile(r"(?:错了|不对|不是[^，,。\s]{1,8}?)[，,。\s]*(?:应该|而)?是([^，,。；;\s]{1,12})")
_ENDS = re.compile(r"(?:不是|不对|错了|说错).{0,6}?(?:是|应该是)?(\d{2,6})(?:结尾|收尾|的?尾号|最后)")
_ENDS_IN = re.compile(r"(?:不是|不对|错了|说错).{0,6}?(?:尾号|最后(?:几位|四位|两位)?)(?:应该)?是?(\d{2,6})")
_ORDERS = re.compile(r"(?i)[。.，,；;\s]*(?:system|assistant|prompt)\s*[:：].*$", re.S)


def corrected_phone(number: str, behind: str) -> str:
    """`number` with the last digits that the words `behind` it set right: 哦不是 是零零幺零结尾."""
    words = text.plain(digits.spoken_digits(behind)).replace(" ", "")
    found = _ENDS.search(words) or _ENDS_IN.search(words)
    return number[: -len(found.group(1))] + found.group(1) if found else number


def without_orders(words: str) -> str:
    """`words` without what pretends to command the assistant."""
    return _ORDERS.sub("", words)
