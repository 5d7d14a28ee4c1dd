"""Small outputs in VASP's format, written for tests: what VASP would leave in a folder with the inputs that are there.

VASP itself is not run. Energies and final structures are the test's own; parameters come from the INCAR in the folder.
"""

from __future__ import annotations

from pathlib import Path

from pymatgen.core import Structure
from pymatgen.io.vasp import Incar, Kpoints, Poscar

VERSION = "6.4.2"
N_BANDS = 4


def write_outputs(folder: Path, final: Structure, energy_ev: float, titels: dict[str, str], converged: bool = True):
    """Write vasprun.xml, OUTCAR, OSZICAR and CONTCAR of a run that began from the inputs in a folder."""
    incar, start = Incar.from_file(folder / "INCAR"), Poscar.from_file(folder / "POSCAR").structure
    mesh = Kpoints.from_file(folder / "KPOINTS").kpts[0]
    relaxes = int(incar.get("NSW", 0)) > 0
    frames = [start, final] if relaxes else [final]
    Poscar(final).write_file(folder / "CONTCAR")
    steps = int(incar["NELM"]) if not converged else 3
    (folder / "vasprun.xml").write_text(_vasprun(incar, mesh, frames, energy_ev, titels, steps))
    (folder / "OUTCAR").write_text(_outcar(final, energy_ev, int(incar.get("IBRION", -1))))
    (folder / "OSZICAR").write_text(
        "".join(
            f"DAV:   1    {energy_ev:.12E}    0.1E-05   -0.1E-05    64   0.1E-02    0.1E-02\n"
            f"{number:4d} F= {energy_ev:.8E} E0= {energy_ev:.8E}  d E =0.000000E+00  mag=     0.0000\n"
            for number, _ in enumerate(frames, start=1)
        )
    )


def _vasprun(incar, mesh, frames, energy_ev, titels, electronic_steps) -> str:
    defaults = {"ENCUT": 520.0, "NELM": 100, "IBRION": -1, "NSW": 0, "ISIF": 2, "EDIFFG": 0.001, "METAGGA": "--",
                "LDAU": False, "LHFCALC": False, "IVDW": 0, "LUSE_VDW": False, "GGA": "PE", "ISMEAR": 1, "SIGMA": 0.2,
                "NELMDL": -5, "NBANDS": N_BANDS, "LASPH": False, "ISPIN": 1, "EDIFF": 1e-4}  # fmt: skip
    hubbard = {key: incar[key] for key in ("LDAUU", "LDAUJ", "LDAUL") if key in incar}
    parameters = {**defaults, **dict(incar), **hubbard}
    parameters["EDIFF"] = float(incar["EDIFF"])
    atoms = frames[0]
    groups: list[tuple[str, int]] = []
    for site in atoms:
        if groups and groups[-1][0] == site.specie.symbol:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
        else:
            groups.append((site.specie.symbol, 1))
    types = "".join(
        f"<rc><c>{n:4d}</c><c>{el:2s}</c><c> 1.0</c><c> 1.0</c><c> {titels[el]:<40}</c></rc>\n" for el, n in groups
    )
    listed = "".join(
        f"<rc><c>{el:2s}</c><c>{kind:4d}</c></rc>\n" for kind, (el, n) in enumerate(groups, 1) for _ in range(n)
    )
    spins = range(1, int(parameters["ISPIN"]) + 1)
    eigenvalues = "".join(
        f'<set comment="spin {spin}"><set comment="kpoint 1">\n'
        + "".join(f"<r> {-3.0 + 2.0 * band:.4f} {1.0 if band < 2 else 0.0:.4f} </r>\n" for band in range(N_BANDS))
        + "</set></set>\n"
        for spin in spins
    )
    dos = "".join(
        f'<set comment="spin {spin}">\n'
        + "".join(f"<r> {-4.0 + step:.4f} 0.5000 {0.5 * step:.4f} </r>\n" for step in range(8))
        + "</set>\n"
        for spin in spins
    )
    calculations = "".join(
        "<calculation>\n"
        + (f"<scstep><energy>{_energies(energy_ev)}</energy></scstep>\n" * electronic_steps)
        + _structure(frame)
        + '<varray name="forces">\n'
        + "<v> 0.0000 0.0000 0.0000 </v>\n" * len(frame)
        + "</varray>\n"
        + '<varray name="stress">\n'
        + "<v> 0.0000 0.0000 0.0000 </v>\n" * 3
        + "</varray>\n"
        + f"<energy>{_energies(energy_ev)}</energy>\n"
        + '<eigenvalues><array><dimension dim="1">band</dimension><field>eigene</field><field>occ</field><set>\n'
        + eigenvalues
        + "</set></array></eigenvalues>\n"
        + '<dos><i name="efermi"> 0.0000 </i><total><array><dimension dim="1">gridpoints</dimension>'
        + "<field>energy</field><field>total</field><field>integrated</field><set>\n"
        + dos
        + "</set></array></total></dos>\n"
        + "</calculation>\n"
        for frame in frames
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<modeling>\n'
        f'<generator><i name="program" type="string">vasp </i><i name="version" type="string">{VERSION}  </i>'
        '<i name="platform" type="string">LinuxIFC </i><i name="date" type="string">2026 01 01 </i>'
        '<i name="time" type="string">00:00:00 </i></generator>\n'
        f"<incar>\n{_items(dict(incar))}</incar>\n"
        f'<kpoints><generation param="Gamma"><v type="int" name="divisions"> {" ".join(map(str, mesh))} </v>'
        '<v name="usershift"> 0.0 0.0 0.0 </v></generation>\n'
        '<varray name="kpointlist"><v> 0.0 0.0 0.0 </v></varray>'
        '<varray name="weights"><v> 1.0 </v></varray></kpoints>\n'
        f'<parameters><separator name="electronic">\n{_items(parameters)}</separator></parameters>\n'
        f"<atominfo><atoms>{len(atoms)}</atoms><types>{len(groups)}</types>\n"
        '<array name="atoms"><dimension dim="1">ion</dimension><field type="string">element</field>'
        f'<field type="int">atomtype</field><set>\n{listed}</set></array>\n'
        '<array name="atomtypes"><dimension dim="1">type</dimension><field type="int">atomspertype</field>'
        '<field type="string">element</field><field>mass</field><field>valence</field>'
        f'<field type="string">pseudopotential</field><set>\n{types}</set></array></atominfo>\n'
        f"{_structure(frames[0], 'initialpos')}{calculations}{_structure(frames[-1], 'finalpos')}</modeling>\n"
    )


def _energies(energy_ev: float) -> str:
    return "".join(f'<i name="{name}"> {energy_ev:.8f} </i>' for name in ("e_fr_energy", "e_wo_entrp", "e_0_energy"))


def _structure(frame: Structure, name: str | None = None) -> str:
    rows = "".join(f"<v> {' '.join(f'{x:.10f}' for x in row)} </v>\n" for row in frame.lattice.matrix)
    places = "".join(f"<v> {' '.join(f'{x:.10f}' for x in row)} </v>\n" for row in frame.frac_coords)
    inverse = "".join(
        f"<v> {' '.join(f'{x:.10f}' for x in row)} </v>\n"
        for row in frame.lattice.reciprocal_lattice_crystallographic.matrix
    )
    named = f' name="{name}"' if name else ""
    return (
        f'<structure{named}><crystal><varray name="basis">\n{rows}</varray><i name="volume"> {frame.volume:.8f} </i>'
        f'<varray name="rec_basis">\n{inverse}</varray></crystal>'
        f'<varray name="positions">\n{places}</varray></structure>\n'
    )


def _items(values) -> str:
    """Write tags as VASP does: type and name, several numbers as a vector."""
    lines = []
    for name, value in values.items():
        if isinstance(value, bool):
            lines.append(f'<i type="logical" name="{name}"> {"T" if value else "F"} </i>')
        elif isinstance(value, int):
            lines.append(f'<i type="int" name="{name}"> {value} </i>')
        elif isinstance(value, float):
            lines.append(f'<i name="{name}"> {value:.8f} </i>')
        elif isinstance(value, list):
            kind = ' type="int"' if all(isinstance(one, int) for one in value) else ""
            lines.append(f'<v{kind} name="{name}"> {" ".join(str(one) for one in value)} </v>')
        else:
            lines.append(f'<i type="string" name="{name}">{value}</i>')
    return "\n".join(lines) + "\n"


def _outcar(final: Structure, energy_ev: float, ibrion: int) -> str:
    rows = "".join(
        f"   {' '.join(f'{x:10.5f}' for x in place)}   {'   '.join(['0.000000'] * 3)}\n" for place in final.cart_coords
    )
    return f""" vasp.{VERSION} 01Jan2026 (build) complex
 running on    1 total cores
   k-points           NKPTS =      1   k-points in BZ     NKDIM =      1   number of bands    NBANDS=      {N_BANDS}
   total plane-waves  NPLWV =   1000
   IBRION =      {ibrion}    ionic relax: 0-MD 1-quasi-New 2-CG
   ISPIN  =      2    spin polarized calculation?
   NELECT =       8.0000    total number of electrons
 k-point   1 :   0.0000 0.0000 0.0000  plane waves:     100
 maximum and minimum number of plane-waves per node :       100      100
  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
  ---------------------------------------------------
  free  energy   TOTEN  =     {energy_ev:.8f} eV

  energy  without entropy=     {energy_ev:.8f}  energy(sigma->0) =     {energy_ev:.8f}
 E-fermi :   0.0000     XC(G=0): -10.0000     alpha+bet :-10.0000
 POSITION                                       TOTAL-FORCE (eV/Angst)
 -----------------------------------------------------------------------------------
{rows} -----------------------------------------------------------------------------------
    total drift:                                0.000000      0.000000      0.000000
 General timing and accounting informations for this job:
 ========================================================

                  Total CPU time used (sec):        1.000
                            User time (sec):        0.900
                          System time (sec):        0.100
                         Elapsed time (sec):        1.100

                   Maximum memory used (kb):      100000.
                   Average memory used (kb):           0.
"""
