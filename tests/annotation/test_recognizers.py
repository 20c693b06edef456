"""The Chinese cases of Recognizers-Text (Microsoft, MIT): the same spans and values, or a rule that overrides them."""

import json
from pathlib import Path

import pytest

from annotation.amounts import find_amounts
from annotation.units import in_base_unit

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "recognizers_text"
FILES = {
    "MONEY": SPECS / "NumberWithUnit" / "Chinese" / "CurrencyModel.json",
    "QUANTITY": SPECS / "NumberWithUnit" / "Chinese" / "DimensionModel.json",
    "PERCENT": SPECS / "Number" / "Chinese" / "PercentModel.json",
}

# The cases our guideline (annotation/guideline.zh.md) overrides: the rule, and the cases by their place in the file.
OVERRIDDEN = {
    "MONEY": {
        "9: a bare currency is not money": (21, 22),
    },
    "QUANTITY": {
        "12: a count of things (一位) is no quantity": (10,),
    },
    "PERCENT": {
        "10: a percentage is said in 百分; 成 and 折 are none": (
            *(0, *range(2, 20), *range(21, 36)),
            *(107, *range(109, 116), 143),
        ),
        "9: 多, 几 and a range with one unit are inside the number, so 二三十个百分点 is an amount": (48, 49, 116),
        "9: a range with one unit is one span (5-20%)": (148,),
    },
}


def cases():
    for label, path in FILES.items():
        if path.is_file():
            for index, case in enumerate(json.loads(path.read_text("utf-8-sig"))):
                yield pytest.param(label, index, case, id=f"{path.stem}-{index}")


def expected(case):
    """Spans with the value and, for money, the currency; `End` is inclusive in the cases."""
    found = []
    for result in case["Results"]:
        resolution = result["Resolution"]
        value = resolution.get("value")
        found.append(
            (
                result["Start"],
                result["End"] + 1,
                None if value is None else pytest.approx(float(value.rstrip("%")), rel=1e-9),
                resolution.get("isoCurrency"),
            )
        )
    return found


def ours(label, case):
    wanted = expected(case)
    found = []
    for i, amount in enumerate(a for a in find_amounts(case["Input"]) if a.label == label):
        named = label == "MONEY" and i < len(wanted) and wanted[i][3]
        found.append((amount.start, amount.end, float(amount.low), amount.unit if named else None))
    return found


def overriding(label, index):
    return [rule for rule, indexes in OVERRIDDEN[label].items() if index in indexes]


@pytest.mark.skipif(not SPECS.is_dir(), reason="the cases of Recognizers-Text are not beside this checkout")
@pytest.mark.parametrize(("label", "index", "case"), list(cases()))
def test_a_case_has_the_same_spans_and_values_or_a_rule_overrides_it(label, index, case):
    if overriding(label, index):
        assert ours(label, case) != expected(case), "no rule needs to override this case"
    else:
        assert ours(label, case) == expected(case)


def test_no_case_is_overridden_twice():
    for label, rules in OVERRIDDEN.items():
        indexes = [index for held in rules.values() for index in held]
        assert len(indexes) == len(set(indexes)), label


@pytest.mark.parametrize(
    ("text", "value", "base"),
    [
        ("占地6亩", "4000", "平方米"),
        ("面积1.2公顷", "12000", "平方米"),
        ("年产3吨", "3000", "公斤"),
        ("重5斤", "2.5", "公斤"),
        ("装机2兆瓦", "2000", "千瓦"),
        ("全长1.5公里", "1500", "米"),
    ],
)
def test_units_of_one_kind_come_to_one_base(text, value, base):
    (amount,) = find_amounts(text)
    found, unit = in_base_unit(amount.low, amount.unit)
    assert (f"{found.normalize():f}", unit) == (value, base)


def test_a_unit_price_has_no_base():
    (amount,) = find_amounts("25元/公斤")
    assert in_base_unit(amount.low, amount.unit) is None
