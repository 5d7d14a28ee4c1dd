"""The limits of the file."""

import pytest
from pydantic import ValidationError

from screening.transport.rules import TransportRules, transport_rules


def test_they_are_read_once_and_none_may_be_missing():
    assert transport_rules() is transport_rules()
    assert transport_rules().blocked_above_ev == 1.0
    with pytest.raises(ValidationError):
        TransportRules.model_validate({"blocked_above_ev": 1.0})
