"""Asking the Materials Project, through its client package mp-api, patiently but not without end."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, Field, ValidationError

from screening.chemistry.amounts import format_amount
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import CalculationError, CoatscreenError, InputError
from screening.energies.sources.materials_project_release import THERMO_TYPE, VERSION
from screening.files.plain_data import structure_of
from screening.files.validation import explained
from screening.phases.phase import Phase

try:
    import requests
    from mp_api.client import MPRester
    from mp_api.client.core.exceptions import MPRestError
    from mp_api.client.core.utils import validate_api_key, validate_endpoint
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry
except ImportError as error:
    raise InputError(
        f"the Materials Project's energies need the extra mp: python -m pip install 'coatscreen[mp]' ({error})"
    ) from None

if TYPE_CHECKING:
    from pymatgen.core import Structure

_MOST_IDS = 200  # of a request; an address holds some 4000 characters
_ATTEMPTS = 5
_FIRST_WAIT_S = 1.0  # doubled each time
_LONGEST_WAIT_S = 120.0
_TIMEOUT_S = 60.0
_FIELDS = ["material_id", "thermo_type", "energy_per_atom", "composition", "symmetry", "volume", "nsites"]
_KEY_HELP = "get one at https://materialsproject.org/api and set MP_API_KEY, or PMG_MAPI_KEY in pymatgen's settings"


class _Symmetry(BaseModel):
    number: int | None = Field(None, ge=1, le=230)


class _Document(BaseModel):
    """What is needed of a thermo document."""

    material_id: str = Field(min_length=1)
    thermo_type: str
    energy_per_atom: float = Field(allow_inf_nan=False)
    composition: dict[str, float] = Field(min_length=1)
    symmetry: _Symmetry | None = None
    volume: float | None = Field(None, gt=0)
    nsites: int | None = Field(None, gt=0)


class MaterialsProjectClient:
    """A connection to the Materials Project.

    Raises
    ------
    InputError
        If there is no API key, or it cannot be one.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no key is an error here
            try:
                key = validate_api_key()
            except MPRestError as error:
                raise InputError(f"the Materials Project's API key cannot be right: {error}; {_KEY_HELP}") from None
        if not key:
            raise InputError(f"the Materials Project needs an API key: {_KEY_HELP}")
        self._key = key
        self._endpoint = validate_endpoint(None)
        self._session = _PatientSession()
        self._session.headers["x-api-key"] = key
        self._rester: Any = None

    def database_version(self) -> str:
        """Ask for the version of the database.

        Raises
        ------
        InputError
            If the key is refused.
        CalculationError
            If the service cannot be reached or names no version.
        """
        answer = self._session.get(f"{self._endpoint}heartbeat").json()
        version = answer.get("db_version") if isinstance(answer, dict) else None
        if not isinstance(version, str) or not VERSION.fullmatch(version):
            raise CalculationError(f"the Materials Project names no version of its database: {version!r}")
        return version

    def phases(self, systems: Sequence[str], version: str) -> list[Phase]:
        """Fetch all phases of some chemical systems.

        Parameters
        ----------
        systems
            As in ``Li-O``, each by itself, without its parts.
        version
            The database version counted on.

        Raises
        ------
        InputError
            If the key is refused.
        CalculationError
            If the service cannot be reached, or its answer is not whole, not of the thermo type or the systems asked
            for, or of another version.
        """
        query = {"chemsys": ",".join(systems), "thermo_types": THERMO_TYPE}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                thermo = self._connected().materials.thermo
                found = thermo.search(
                    chemsys=list(systems), thermo_types=[THERMO_TYPE], all_fields=False, fields=_FIELDS
                )
                count = thermo.count(query)
        except CoatscreenError:
            raise
        # what the client makes of a strange answer; its first requests do not go through this session
        except (MPRestError, requests.exceptions.RequestException, KeyError, ValueError, TypeError) as error:
            raise CalculationError(f"the Materials Project's answer cannot be used: {_first_line(error)}") from None
        if len(found) != count:
            raise CalculationError(f"the Materials Project gave {len(found)} of {count} phases: half an answer")
        phases = [_phase(document, frozenset(systems)) for document in found]
        if (now := self.database_version()) != version:
            raise CalculationError(f"the Materials Project changed from version {version} to {now} while it was asked")
        return phases

    def structures(self, ids: Sequence[str]) -> dict[str, Structure]:
        """Fetch the structures of materials, by identifier; those the service does not have are not among them.

        Raises
        ------
        InputError
            If the key is refused.
        CalculationError
            If the service cannot be reached, or its answer is no structure.
        """
        from pymatgen.core import Structure

        self.database_version()  # the session's own request comes first, see _connected
        found = {}
        for start in range(0, len(ids), _MOST_IDS):
            part = list(ids[start : start + _MOST_IDS])
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    answer = self._connected().materials.summary.search(
                        material_ids=part, all_fields=False, fields=["material_id", "structure"]
                    )
                    for document in answer:
                        structure = document["structure"]
                        read = structure if isinstance(structure, Structure) else structure_of(structure)
                        found[str(document["material_id"])] = read
            except CoatscreenError:
                raise
            except (MPRestError, requests.exceptions.RequestException, KeyError, ValueError, TypeError) as error:
                raise CalculationError(f"the Materials Project's answer cannot be used: {_first_line(error)}") from None
        return found

    def _connected(self) -> Any:
        """Return mp-api's client, whose own first requests have no time limit: :meth:`database_version` comes first."""
        if self._rester is None:
            self._rester = MPRester(
                self._key,
                endpoint=self._endpoint,
                session=self._session,
                use_document_model=False,  # it drops a field from all documents where the first lacks it
                mute_progress_bars=True,
            )
        return self._rester


def _phase(data: Any, systems: frozenset[str]) -> Phase:
    try:
        document = _Document.model_validate(data)
    except ValidationError as error:
        name = data.get("material_id") if isinstance(data, dict) else None
        raise CalculationError(
            f"the Materials Project's answer on {name or 'a phase'} cannot be used: {explained(error)}"
        ) from None
    name, composition = document.material_id, document.composition
    system = "-".join(sorted(composition))
    if document.thermo_type != THERMO_TYPE or system not in systems:
        raise CalculationError(
            f"the Materials Project's answer holds what was not asked for: {name}, {system}, {document.thermo_type}"
        )
    if document.energy_per_atom == 0.0 or any(e not in ELEMENTS or not n > 0.0 for e, n in composition.items()):
        raise CalculationError(f"the Materials Project's answer on {name} cannot be used: {_first_line(document)}")
    return Phase(
        id=name,
        formula="".join(f"{element}{format_amount(amount)}" for element, amount in composition.items()),
        energy_ev_per_atom=document.energy_per_atom,
        space_group=document.symmetry.number if document.symmetry else None,
        volume_a3_per_atom=document.volume / document.nsites if document.volume and document.nsites else None,
    )


class _PatientSession(requests.Session):
    """Tries again where that may help: rate limits, a server in trouble, dropped connections, half an answer."""

    def request(self, method: str, url: str, **options: Any) -> Any:  # type: ignore[override]
        """Send a request and read its whole answer.

        Raises
        ------
        InputError
            If the key is refused.
        CalculationError
            If no attempt brought an answer.
        """
        host, reason = urlsplit(url).netloc, ""
        for attempt in range(_ATTEMPTS):
            wait = _FIRST_WAIT_S * 2**attempt
            try:
                response = super().request(method, url, **{**options, "timeout": _TIMEOUT_S})
            except (
                requests.exceptions.ConnectionError,
                requests.exceptions.ChunkedEncodingError,
                requests.exceptions.ContentDecodingError,
                requests.exceptions.Timeout,
            ) as error:
                reason = _dropped(error)
            else:
                if response.status_code in (401, 403):
                    said = f"{response.status_code}: {_message(response)}"
                    raise InputError(f"the Materials Project at {host} refuses the API key ({said}); {_KEY_HELP}")
                trouble = _trouble(response)
                if trouble is None:
                    return response
                reason, asked = trouble, _asked_to_wait(response)
                if asked > _LONGEST_WAIT_S:
                    reason += f", and asks to wait {asked:.0f} s"
                    break
                wait = max(wait, asked)
            if attempt < _ATTEMPTS - 1:
                sleep(wait)
        raise CalculationError(
            f"the Materials Project at {host} does not answer: {reason}; what was fetched before is kept, run the same "
            "command again to go on"
        )


def _dropped(error: Exception) -> str:
    if isinstance(error, requests.exceptions.Timeout):
        return f"nothing came for {_TIMEOUT_S:.0f} s"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return "the connection was closed in the middle of an answer"


def _trouble(response: Any) -> str | None:
    """Say what is wrong with an answer such that another attempt may help."""
    if response.status_code == 429 or response.status_code >= 500:
        return f"{response.status_code}: {_message(response)}"
    if response.status_code == 200:
        try:
            orjson.loads(response.content)
        except orjson.JSONDecodeError:
            return "half an answer"
    return None


def _asked_to_wait(response: Any) -> float:
    try:
        return float(Retry().get_retry_after(response.raw) or 0.0)
    except InvalidHeader:
        return 0.0


def _message(response: Any) -> str:
    """Return what a server says of an error, in one line."""
    try:
        data = orjson.loads(response.content)
        text = next(str(data[key]) for key in ("message", "error", "detail") if key in data)
    except (orjson.JSONDecodeError, TypeError, StopIteration):
        text = response.reason or "no reason given"
    return " ".join(text.split())[:200]


def _first_line(what: Any) -> str:
    return (str(what).splitlines() or [type(what).__name__])[0][:300]
