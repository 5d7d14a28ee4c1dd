"""Documents name only what exists: files, links, and the headings that links point to."""

import re
from pathlib import Path

import pytest
import yaml

import coatscreen
from coatscreen.__main__ import execute

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("examples/*.md"),
        *ROOT.glob("tests/*.md"),
        *ROOT.glob("launch_configs/*.md"),
        *ROOT.glob("recipes/*.md"),
    )
    if path.is_file()
)
FOLDERS = "screening|workflows|coatscreen|tests|docs|benchmarks|launch_configs|results|examples|notebooks|recipes"


def headings(path):
    """The anchors that GitHub makes of the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", file):
            continue
        place = page.parent / file if file else page
        assert place.exists(), f"{page.name} links to {file}"
        assert not anchor or anchor in headings(place), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page):
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", page.read_text(encoding="utf-8"))
    made = {"results/coatings", "results/mine"}  # by a run
    assert [name for name in named if not (ROOT / name).exists() and name.rstrip("/") not in made] == []


def test_every_promise_has_a_test_that_exists():
    table = (ROOT / "tests" / "README.md").read_text(encoding="utf-8").split("## Which test proves which promise")[1]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| ") and "`" in row]
    assert len(rows) > 20
    for promise, files in rows:
        proofs = [ROOT / name for name in re.findall(r"`(tests/[\w/.]+)`", files)]
        assert proofs, promise
        assert all(
            any("def test" in p.read_text() for p in ([f] if f.is_file() else f.rglob("test_*.py"))) for f in proofs
        )


MIRRORED = (
    *("chemistry", "structures", "thermochemistry", "hull", "phases", "equilibrium", "materials", "cathodes"),
    *("heat", "validation", "energies", "figures"),
)
NO_DECISION = {"energies/sources/materials_project_release.py"}


@pytest.mark.parametrize("package", MIRRORED)
def test_modules_with_decisions_have_their_test_file(package):
    """A module of documents alone needs none."""
    missing = []
    for path in sorted((ROOT / "screening" / package).rglob("*.py")):
        place = path.relative_to(ROOT / "screening")
        if path.name == "__init__.py" or path.name.endswith("_documents.py") or str(place) in NO_DECISION:
            continue
        if not (ROOT / "tests" / place.parent / f"test_{path.name}").exists():
            missing.append(str(place))
    assert missing == []


def test_the_citation_names_this_software():
    import tomllib

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["title"].startswith(project["name"])
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]


def test_the_checks_before_a_commit_need_no_network():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert {repo["repo"] for repo in hooks} == {"local"}
    assert [hook["id"] for repo in hooks for hook in repo["hooks"]] == ["ruff", "ruff-format", "mypy"]
    assert {hook["language"] for repo in hooks for hook in repo["hooks"]} == {"system"}


@pytest.mark.skipif(not hasattr(coatscreen, "PhaseSet"), reason="import coatscreen gives no names here")
def test_the_python_of_the_readme_runs(own_folder):
    assert execute(["run", "--coatings", "LiNbO3"]) == 0
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 2
    for block in blocks:
        assert "from coatscreen import" in block
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
