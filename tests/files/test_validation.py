"""What a model refuses is said in one line: where, and what."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from screening.files.validation import explained


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    amount: float = Field(gt=0)


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: list[Part] = Field(default_factory=list)
    password: str = ""

    @model_validator(mode="after")
    def _no_word(self):
        if self.password:
            raise ValueError("no words here")
        return self


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"parts": [{"amount": 1}, {"amount": -1}]}, "parts.1.amount: Input should be greater than 0"),
        ({"parts": [{}]}, "parts.0.amount: Field required"),
        ({"parts": [{"amount": 1, "amuont": 2}]}, "unknown key 'parts.0.amuont' (did you mean amount?)"),
        ({"password": "secret"}, "no words here"),
        ({"parts": "secret"}, "parts: Input should be a valid list"),
    ],
)
def test_the_first_fault_is_named(data, told):
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(data)
    assert explained(caught.value, ["amount"]) == told


def test_the_noun_is_the_callers_and_nothing_is_suggested_without_names():
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"amuont": 1})
    assert explained(caught.value, noun="option") == "unknown option 'amuont'"
