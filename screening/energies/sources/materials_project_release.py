"""Which energies the Materials Project is asked for, and what a version of its database is called."""

from __future__ import annotations

import re

THERMO_TYPE = "GGA_GGA+U"  # PBE and PBE+U with MP2020 corrections
VERSION = re.compile(r"[A-Za-z0-9][\w.-]*")
