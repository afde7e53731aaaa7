"""The archives are the same whenever, wherever and by whomever they are built, and hold what they
should.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import check_dist, dist_matrix, sbom

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BUILT_FROM = (
    *("pyproject.toml", "README.md", "LICENSE", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md"),
    *("src", "schemas", "docs", "examples"),
)


def archives(source: Path, out: Path, umask: int) -> dict[str, str]:
    """Build both archives and return their digests by name."""
    code = (
        "import os, sys; from hatchling.build import build_sdist, build_wheel; "
        f"os.umask({umask}); [build(sys.argv[1]) for build in (build_sdist, build_wheel)]"
    )
    subprocess.run([sys.executable, "-c", code, str(out)], cwd=source, check=True, timeout=120)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    archives(ROOT, folder, 0o022)
    return folder


@pytest.mark.skipif(not hasattr(os, "umask"), reason="modes of files are those of POSIX")
def test_two_builds_have_the_same_octets(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "somewhere" / "else"
    copy.mkdir(parents=True)
    for name in BUILT_FROM:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(
                place, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(place, copy / name)
    for path in copy.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (86_400, 86_400))
    shutil.copy(ROOT / ".gitignore", copy)
    out = tmp_path / "out"
    out.mkdir()
    again = archives(copy, out, 0o077)
    first = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built.iterdir()}
    assert first == again


def test_archives_hold_what_they_should(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    assert not check_dist.faults_of_wheel(wheel)
    assert not check_dist.faults_of_sdist(sdist)
    with tarfile.open(sdist) as opened:
        assert not [one.name for one in opened.getmembers() if "/.git/" in one.name]


def test_the_page_in_an_index_has_absolute_links_to_files_that_exist(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith(".dist-info/METADATA")]
        page = opened.read(name).decode().split("\n\n", 1)[1]
    links = re.findall(r"\]\(([^)\s]+)\)", page)
    source = PROJECT["urls"]["Repository"] + "/blob/main/"
    ours = [link.removeprefix(source).partition("#")[0] for link in links if source in link]
    assert len(ours) > 10
    assert [link for link in links if not re.match(r"https://|#", link)] == []
    assert [link for link in ours if not (ROOT / link).exists()] == []


def test_addresses_of_the_project_are_complete() -> None:
    urls = PROJECT["urls"]
    assert set(urls) >= {"Homepage", "Documentation", "Repository", "Issues", "Changelog"}
    assert all(url.startswith(urls["Homepage"]) for url in urls.values())


def test_the_lowest_versions_are_exact() -> None:
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in dist_matrix.lowest().split())


def test_the_bill_names_the_version_and_what_is_direct() -> None:
    names = [re.split(r"[<>=\[ ]", one)[0] for one in PROJECT["dependencies"]]
    extras = PROJECT["optional-dependencies"].values()
    names += [re.split(r"[<>=\[ ]", one)[0] for extra in extras for one in extra]
    bill = sbom.completed(
        {
            "metadata": {"component": {"bom-ref": "own"}},
            "components": [{"bom-ref": name, "name": name} for name in [*names, "idna"]],
            "dependencies": [{"ref": "own"}, {"ref": "idna"}],
        }
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+", bill["metadata"]["component"]["version"])
    assert bill["dependencies"][0] == {"ref": "own", "dependsOn": names}
