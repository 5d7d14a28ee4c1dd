"""The client of an atlas: questions, tables of contacts, and the whole document of one contact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from screening.atlas.answers import answer, shares_of
from screening.atlas.atlas_documents import AtlasHeader
from screening.atlas.columns import AtlasFile
from screening.atlas.questions import AtlasAnswer, AtlasQuestion, asked, asked_neighbours, asked_potentials
from screening.chemistry.compositions import same_composition
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import read_material
from screening.common.errors import InputError, nearest
from screening.energies.source import open_energies
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue

if TYPE_CHECKING:
    import pandas


class Atlas:
    """An atlas, open for questions; use it in a ``with`` statement.

    Parameters
    ----------
    path
        Its file.
    energies
        The energies that it must have been made from, as :func:`screening.energies.source.open_energies` takes them;
        None: whichever it has.

    Raises
    ------
    InputError
        If the file is missing, damaged or no atlas, or was made from other energies.

    Examples
    --------
    >>> with Atlas("atlas.parquet") as atlas:  # doctest: +SKIP
    ...     answer = atlas.ask(cathodes=["NCM*"], electrolytes=["Li6PS5Cl"], voltages_v=[4.3], passing=True, top=10)
    ...     answer.to_dataframe()
    """

    def __init__(self, path: str | Path, energies: str | None = None) -> None:
        self._file = AtlasFile(path)
        there = self.header.energies
        if energies is not None and open_energies(energies).sha256 != there.sha256:
            self._file.__exit__()
            raise InputError(
                f"the atlas {path} was made from other energies than {energies!r}: {there.name}, version "
                f"{there.version}, of {there.n_phases} phases: build it again, or leave --energies out"
            )

    def __enter__(self) -> Atlas:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.__exit__(*exception)

    @property
    def header(self) -> AtlasHeader:
        """What the file says of itself: energies, neighbours, voltages, coatings."""
        return self._file.header

    def ask(self, question: AtlasQuestion | None = None, **fields: Any) -> AtlasAnswer:
        """Return the best coatings; ``to_dataframe()`` of the answer is a table of pandas.

        Parameters
        ----------
        question
            The question; or its fields by name, see :class:`~screening.atlas.questions.AtlasQuestion`.

        Raises
        ------
        InputError
            If the atlas lacks what is asked for, or the file is damaged.
        """
        return answer(self._file, question or asked(**fields))

    def contacts(
        self,
        coatings: Sequence[str],
        cathodes: Sequence[str] = (),
        electrolytes: Sequence[str] = (),
    ) -> pandas.DataFrame:
        """Return the contacts of some coatings as a table of pandas, a row for each.

        Parameters
        ----------
        coatings
            Names or formulas.
        cathodes, electrolytes
            As in a question; with neither, all.

        Raises
        ------
        InputError
            As :meth:`ask`, and if a coating is not in the atlas.
        """
        import pandas

        everything = ("*",) if not cathodes and not electrolytes else ()
        question = AtlasQuestion(cathodes=tuple(cathodes) or everything, electrolytes=tuple(electrolytes) or everything)
        held = np.arange(len(asked_potentials(self.header, question)))
        rows = np.concatenate([self.place(coating) * len(held) + held for coating in coatings])
        lines: list[dict[str, Any]] = []
        for number in asked_neighbours(self.header, question):
            for line in self._file.table(number).take(rows).to_pylist():
                line["products"] = shares_of(line)
                del line["product_shares"]
                lines.append(line)
        return pandas.DataFrame(lines)

    def place(self, coating: str) -> int:
        """Return the number of a coating, given by its name in the atlas or the catalogue, or any formula of it.

        Raises
        ------
        InputError
            If the atlas does not hold it.
        """
        names = self.header.coatings.coating
        if coating in names:
            return names.index(coating)
        wanted = Catalogue.load().coating(coating)
        if wanted.reactant in names:
            return names.index(wanted.reactant)
        composition = parse_formula(wanted.formula)
        for number, name in enumerate(names):
            if same_composition(parse_formula(read_material(name).formula), composition):
                return number
        raise InputError(
            f"the atlas holds no coating {coating!r}{nearest(coating, names)}: it has compounds that are stable with "
            f"{self.header.energies.name}, and the catalogue's"
        )

    def interface(
        self, coating: str, neighbour: str, state: str | None = None, voltage_v: float | None = None
    ) -> Interface:
        """Return one contact as an interface, whose document has every kink and the balanced equations.

        Parameters
        ----------
        coating
            As for :meth:`place`.
        neighbour, state
            A cathode with its state of charge, or an electrolyte.
        voltage_v
            Any potential at which it is open to lithium, V against Li/Li+; None: closed.

        Raises
        ------
        InputError
            If the atlas has no such coating or neighbour, or the energies have changed since it was made.
        """
        header = self.header
        there = [one for one in header.neighbours if neighbour in (one.name, *one.aliases) and one.state == state]
        if not there:
            labels = [one.label for one in header.neighbours]
            wanted = neighbour if state is None else f"{neighbour} {state}"
            raise InputError(f"the atlas has no neighbour {wanted!r}{nearest(wanted, labels)}")
        phases = open_energies(header.source, header.energies.sha256)
        reservoir = None if voltage_v is None else Reservoir.lithium_voltage(voltage_v)
        return Interface(phases, header.coatings.coating[self.place(coating)], there[0].reactant, reservoir)
