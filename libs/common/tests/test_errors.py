"""A refusal travels whole between processes."""

import pickle

from pq_common.errors import FieldError
from pq_common.http.refusals import Unavailable


def test_a_refusal_that_is_pickled_keeps_both_languages_its_faults_and_what_it_adds() -> None:
    told = Unavailable(
        "Bận.", "Busy.", errors=[FieldError("/K/2021", "x", "sai", "wrong")], retry_after_s=5
    )
    again = pickle.loads(pickle.dumps(told))  # noqa: S301 - made on the line itself
    assert type(again) is Unavailable
    assert (again.message_vi, again.message_en) == ("Bận.", "Busy.")
    assert (again.errors, again.extra) == (told.errors, {"retry_after_s": 5})
