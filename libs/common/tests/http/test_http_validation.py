"""What pydantic finds is said in both languages, in words an officer knows."""

from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from pq_common.contracts.event import DecimalText
from pq_common.http.validation import faults_of


class Told(BaseModel):
    quantity: DecimalText = "1"
    mode: Literal["official", "demo"] = "demo"


def faults(**told: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as found:
        Told.model_validate(told)
    return [(one.message_vi, one.message_en) for one in faults_of(found.value.errors())]


def test_a_number_that_is_none_is_told_what_one_looks_like() -> None:
    [(vi, en)] = faults(quantity="12,5")
    assert vi == "Cần một số như 47 hoặc 0.5, dấu thập phân là dấu chấm; nhận được “12,5”."
    assert en == "Expected a number like 47 or 0.5, with a point for decimals; got “12,5”."


def test_a_choice_is_listed_in_the_language_of_the_sentence() -> None:
    [(vi, en)] = faults(mode="thử")
    assert vi == "Phải là một trong 'official' hoặc 'demo'; nhận được “thử”."
    assert en == "Must be one of 'official' or 'demo'; got “thử”."
