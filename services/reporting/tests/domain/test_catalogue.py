"""The catalogue is whole: every code once, every name in both languages, every rule of adding up as agreed."""

import dataclasses
import re
import unicodedata
from typing import get_args

import pytest

from pq_common.errors import NotFound
from pq_reporting.domain.catalogue import (
    BY_CODE,
    INDICATORS,
    Across,
    Indicator,
    OverTime,
    Source,
    by_code,
)

CODES = """
ENT-SUP ENT-TURN ENT-SUP-G ENT-MODEL ENT-START ENT-RND ENT-REACH ENT-GREEN ENT-OCOP ENT-PILOT
CRT-9001 CRT-14001 CRT-22000 CRT-50001 CRT-HACCP CRT-SA8000 CRT-17025 CRT-45001 CRT-GAP
CRT-9001-G CRT-14001-G CRT-HC CRT-HQ CRT-TXNG CRT-TCCS
HR-EXP-PQ HR-EXP-PQ-INT HR-EXP-CA HR-EXP-ADV HR-TRAINER HR-CLASS HR-PERS HR-MGR HR-SCHOOL
COM-EVENT COM-TV COM-PRESS COM-CONTEST COM-AWARD COM-TBT
STD-QCDP STD-CAB-FORMED STD-CAB-NEW STD-CAB-UP STD-LAB STD-LAB-ENT STD-HITECH STD-HARM
AWD-NQA-PART AWD-NQA AWD-NQA-GOLD IP-REG IP-COM
TFP-SHARE TFP-MEAS TFP-STI-MEAS LP-LEVEL LP-GROWTH CMP-PROD
FIN-STATE FIN-ENT FIN-OTHER FIN-TOTAL FIN-INV FIN-DISB
GOV-PLAN GOV-PLAN-SOE GOV-POLICY RPT-ONTIME DB-BENCH
"""


@pytest.mark.parametrize("unknown", ["ENT-SUPP", "ent-sup", ""])
def test_an_unknown_code_is_refused_in_both_languages(unknown: str) -> None:
    with pytest.raises(NotFound) as refusal:
        by_code(unknown)
    assert repr(unknown) in refusal.value.message_vi
    assert repr(unknown) in refusal.value.message_en


def test_an_indicator_cannot_be_changed_after_it_is_written() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        by_code("ENT-SUP").unit = "lượt"  # type: ignore[misc]


def test_every_agreed_code_is_there_once_and_no_other() -> None:
    assert sorted(indicator.code for indicator in INDICATORS) == sorted(CODES.split())
    assert len(BY_CODE) == len(INDICATORS)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_every_row_is_filled_and_spelt_in_nfc(indicator: Indicator) -> None:
    assert re.fullmatch(r"[A-Z]+(-[A-Z0-9]+)+", indicator.code)
    texts = (indicator.name_vi, indicator.name_en, indicator.unit, indicator.note or "-")
    assert all(text.strip() == text != "" for text in texts)
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    assert indicator.across in get_args(Across)
    assert indicator.over_time in get_args(OverTime)
    assert indicator.service in get_args(Source)


def test_names_tell_indicators_apart_in_both_languages() -> None:
    assert len({indicator.name_vi for indicator in INDICATORS}) == len(INDICATORS)
    assert len({indicator.name_en for indicator in INDICATORS}) == len(INDICATORS)


def test_a_turn_is_not_an_enterprise() -> None:
    assert (by_code("ENT-SUP").across, by_code("ENT-TURN").across) == ("distinct", "sum")


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_nothing_in_percent_is_ever_added_up(indicator: Indicator) -> None:
    if indicator.unit.startswith("%"):
        assert indicator.across in ("ratio", "national_only")
        assert indicator.over_time in ("ratio", "stock")


def test_valid_certificates_are_a_stock_and_supported_enterprises_a_flow() -> None:
    assert by_code("CRT-9001").over_time == "stock"
    assert by_code("ENT-SUP").over_time == "flow"
    assert by_code("ENT-MODEL").over_time == "cumulative"


def test_harmonisation_of_standards_has_no_provincial_figure() -> None:
    assert by_code("STD-HARM").across == "national_only"
