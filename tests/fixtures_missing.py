"""Asking on the command line what a screening lacks."""

from __future__ import annotations

import json

from coatscreen.__main__ import execute

ASK = ["energies", "missing", "--coatings", "Li2ZrO3", "--electrolytes", "Li3PS4", "--json"]


PAIRS = (("Li", "Zr", "O", "Co"), ("Li", "Zr", "O", "P", "S"), ("Li", "Co", "O", "P", "S"))


def asked(capsys, *more, cathode="NCM111"):
    assert execute([*ASK, "--cathodes", cathode, *map(str, more)]) == 0
    return json.loads(capsys.readouterr().out)
