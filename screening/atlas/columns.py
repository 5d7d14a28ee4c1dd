"""The columns of an atlas, and its file: Parquet, with a header and one row group for each neighbour.

The rows of a neighbour are its contacts with all coatings in the order of the header, and with one coating the closed
contact followed by those at each potential. So the contacts of a neighbour are read without any other, and their
numbers are arrays of one shape. Energies are to 1e-6 eV and shares of atoms to 1e-5, which keeps the file small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from screening.atlas.atlas_documents import AtlasHeader, AtlasNeighbour
from screening.common.errors import InputError
from screening.files.content import whole_file
from screening.files.validation import explained

Singles = NDArray[np.float32]

_HEADER, _HASH = b"coatscreen", b"coatscreen_sha256"  # the hash is that of the header: its text has no checksum
_ENERGY_DIGITS, _SHARE_DIGITS = 6, 5
NUMBERS = (
    "mutual_ev_per_closed_atom",  # lowest; in a closed contact all atoms count
    "x_closed_coating",  # share of the closed atoms from the coating, where it is lowest
    "total_ev_per_closed_atom",
    "x_closed_coating_of_total",
    "self_coating_ev_per_closed_atom",
    "self_neighbour_ev_per_closed_atom",
)
_LABELS = ("neighbour", "state", "coating", "products.list.element")  # columns of text, as Parquet calls them
_PATHS = ("neighbour", "state", "voltage_v", "coating", *NUMBERS, _LABELS[-1], "product_shares.list.element")


def arrow() -> Any:
    """Return pyarrow.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("an atlas needs pyarrow: pip install 'coatscreen[atlas]'") from None
    return pyarrow


@dataclass(frozen=True)
class ContactColumns:
    """The contacts of a neighbour with n coatings in r reservoirs, as columns of n r rows; NaN where there is none."""

    numbers: dict[str, Singles]  # by the names in NUMBERS
    ends: NDArray[np.int64]  # (n r + 1,) where the products of each contact begin and, at the end, stop
    products: NDArray[np.int32]  # numbers of the products, in `names`
    shares: Singles  # their shares of the closed atoms
    names: Sequence[str]  # formulas of the products


def rounded_energies(energies: NDArray[np.float64]) -> Singles:
    """Return energies, eV, as the file has them."""
    return (energies.round(_ENERGY_DIGITS) + 0.0).astype(np.float32)


def rounded_shares(shares: NDArray[np.float64]) -> Singles:
    """Return fractions as the file has them."""
    return (shares.round(_SHARE_DIGITS) + 0.0).astype(np.float32)


def schema() -> Any:
    """Return the columns of the file."""
    pa = arrow()
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("neighbour", text),
            ("state", text),
            ("voltage_v", pa.float64()),
            ("coating", text),
            *((name, pa.float32()) for name in NUMBERS),
            ("products", pa.list_(text)),
            ("product_shares", pa.list_(pa.float32())),
        ]
    )


def table_of(neighbour: AtlasNeighbour, columns: ContactColumns, header: AtlasHeader) -> Any:
    """Return the rows of a neighbour as a table of Arrow."""
    pa = arrow()
    coatings, n_held = header.coatings.coating, 1 + len(header.voltages_v)
    n_rows = len(coatings) * n_held

    def same(value: str | None) -> Any:
        numbers = pa.array(np.zeros(n_rows, dtype=np.int32), mask=np.full(n_rows, value is None))
        return pa.DictionaryArray.from_arrays(numbers, pa.array([value or ""], pa.string()))

    ends = pa.array(columns.ends.astype(np.int32))
    products = pa.DictionaryArray.from_arrays(pa.array(columns.products), pa.array(columns.names, pa.string()))
    of_row = np.repeat(np.arange(len(coatings), dtype=np.int32), n_held)
    arrays = [
        same(neighbour.name),
        same(neighbour.state),
        pa.array(np.tile([np.nan, *header.voltages_v], len(coatings)), from_pandas=True),
        pa.DictionaryArray.from_arrays(pa.array(of_row), pa.array(coatings, pa.string())),
        *(pa.array(columns.numbers[name], from_pandas=True) for name in NUMBERS),
        pa.ListArray.from_arrays(ends, products),
        pa.ListArray.from_arrays(ends, pa.array(columns.shares)),
    ]
    return pa.Table.from_arrays(arrays, schema=schema())


def numbers_of(array: Any, kind: type[np.generic]) -> NDArray[Any]:
    """Return a column or array of numbers, NaN where it is null.

    Arrow's own way loads pandas, which takes longer than most questions.
    """
    whole = array.combine_chunks() if hasattr(array, "combine_chunks") else array
    if whole.null_count:
        return np.asarray(whole, dtype=kind)
    return np.frombuffer(whole.buffers()[1], dtype=kind)[whole.offset : whole.offset + len(whole)]


@dataclass(frozen=True)
class ProductLists:
    """The products of some rows: those of row i are ``ends[i]:ends[i + 1]``."""

    ends: NDArray[np.int64]
    numbers: NDArray[np.int32]  # in `names`
    names: list[str]


def products_of(table: Any) -> ProductLists:
    """Return the products in a table that holds the column of them."""
    lists = table["products"].combine_chunks()
    ends = numbers_of(lists.offsets, np.int32).astype(np.int64)
    values = lists.values.slice(ends[0], ends[-1] - ends[0])
    return ProductLists(ends - ends[0], numbers_of(values.indices, np.int32), values.dictionary.to_pylist())


def columns_of(table: Any) -> ContactColumns:
    """Return the columns of a table that :func:`table_of` made."""
    products = products_of(table)
    shares = table["product_shares"].combine_chunks()
    first = shares.offsets[0].as_py()
    return ContactColumns(
        numbers={name: numbers_of(table[name], np.float32) for name in NUMBERS},
        ends=products.ends,
        products=products.numbers,
        shares=numbers_of(shares.values.slice(first, len(products.numbers)), np.float32),
        names=products.names,
    )


def joined(parts: Sequence[ContactColumns]) -> ContactColumns:
    """Return the rows of several parts, one after the other."""
    names: dict[str, int] = {}
    products = []
    for part in parts:
        numbers = np.array([names.setdefault(name, len(names)) for name in part.names], dtype=np.int32)
        products.append(numbers[part.products] if len(numbers) else part.products)
    before = np.cumsum([0, *(int(part.ends[-1]) for part in parts)])
    ends = [part.ends[:-1] + start for part, start in zip(parts, before[:-1], strict=True)]
    return ContactColumns(
        numbers={name: np.concatenate([part.numbers[name] for part in parts]) for name in NUMBERS},
        ends=np.concatenate([*ends, before[-1:]]),
        products=np.concatenate(products),
        shares=np.concatenate([part.shares for part in parts]),
        names=list(names),
    )


@contextmanager
def atlas_writer(path: Path, header: AtlasHeader) -> Iterator[Any]:
    """Give what writes tables to the file of an atlas, which is there whole or not at all.

    Raises
    ------
    InputError, StoreError
        As :func:`screening.files.content.whole_file`.
    """
    pa = arrow()
    with (
        whole_file(path) as half,
        pa.parquet.ParquetWriter(
            half,
            schema(),
            compression="zstd",
            compression_level=6,
            use_dictionary=[*_LABELS, "voltage_v"],
            use_byte_stream_split=[*NUMBERS, _PATHS[-1]],
            write_page_checksum=True,
            store_schema=False,
        ) as writer,
    ):
        text = header.model_dump_json().encode()
        writer.add_key_value_metadata({_HEADER: text, _HASH: hashlib.sha256(text).hexdigest()})
        yield writer


class AtlasFile:
    """The file of an atlas, open for reading.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If it is missing, truncated or damaged, or no atlas.
    """

    def __init__(self, path: str | Path) -> None:
        pa = arrow()
        self.path = Path(path)
        try:
            metadata = pa.parquet.read_metadata(self.path)
        except FileNotFoundError:
            raise InputError(f"the atlas {path} does not exist: coatscreen atlas build makes one") from None
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path} is no atlas, or was only half written: {_line(error)}") from None
        named = metadata.metadata or {}
        if _HEADER not in named:
            raise InputError(f"{path} is a Parquet file, but no atlas")
        if hashlib.sha256(named[_HEADER]).hexdigest().encode() != named.get(_HASH):
            raise InputError(f"the atlas {path} is damaged: its header is not as it was written")
        try:
            self.header = AtlasHeader.model_validate_json(named[_HEADER])
        except ValidationError as error:
            raise InputError(f"{path} is no atlas of this version of coatscreen: {explained(error)}") from None
        rows = len(self.header.coatings.coating) * (1 + len(self.header.voltages_v))
        groups = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
        there = [metadata.schema.column(k).path for k in range(metadata.num_columns)]
        if groups != [rows] * len(self.header.neighbours) or there != list(_PATHS):
            raise InputError(f"{path} does not hold the contacts that its header names")
        self._file = pa.parquet.ParquetFile(
            self.path, metadata=metadata, read_dictionary=list(_LABELS), page_checksum_verification=True
        )

    def table(self, neighbour: int, columns: Sequence[str] | None = None) -> Any:
        """Return the rows of a neighbour, given by its number, as a table of Arrow.

        Raises
        ------
        InputError
            If the file is damaged there.
        """
        pa = arrow()
        try:
            found = self._file.read_row_group(neighbour, columns=None if columns is None else list(columns))
            found.validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"the atlas {self.path} is damaged: {_line(error)}") from None
        return found

    def numbers(self, neighbour: int, column: str) -> Singles:
        """Return a column of numbers of a neighbour, (coatings, 1 + voltages)."""
        found = numbers_of(self.table(neighbour, [column])[column], np.float32)
        return found.reshape(len(self.header.coatings.coating), -1)

    def __enter__(self) -> AtlasFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
