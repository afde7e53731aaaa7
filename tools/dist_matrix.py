"""Install the wheel of dist/ into empty environments and use it there: `make dist-matrix`.

Each interpreter from 3.11 on that is found (python3.N on the path, or of pyenv), each with the
lowest versions that pyproject.toml allows and with the newest that the index has; then each extra
alone. What no interpreter is there for is said, and is no fault.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
VERSIONS: Final = ("3.11", "3.12", "3.13", "3.14")
PAGE: Final = ("render", "demo-out/issued.xml", "-o", "page.pdf", "--lang", "en")
USES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "pdf": (PAGE, "PDF.EXTRA_MISSING"),
    "pkcs11": (("token", "list", "--pkcs11", "driver.so", "--lang", "en"), "TOKEN.EXTRA_MISSING"),
    "image": (("verify-extract", "dot.png", "--lang", "en"), "EXTRACT.EXTRA_MISSING"),
    "dask": (
        (
            "verify",
            "demo-out",
            "--results",
            "lines.jsonl",
            "--dask",
            "tcp://127.0.0.1:1",
            "--lang",
            "en",
        ),
        "BULK.EXTRA_MISSING",
    ),
}
"""A command of each extra, and the cause that it names without."""
DOT: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63f8"
    "0f0001010100"
    "1bb6ee560000000049454e44ae426082"
)
"""A picture without any code."""
VERIFY: Final = (
    *("verify", "demo-out/issued.xml", "--trust", "demo-out/trust", "--crl", "demo-out/evidence"),
    "--offline",
)


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with the wheel in it, and the folder in which its commands run."""

    python: Path
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=kept | {"HOCBA_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
        )

    def hocba(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.python.with_name("hocba"), *arguments)


def interpreter(version: str) -> str | None:
    """Return a Python of this version that starts, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    named = shutil.which(f"python{version}")
    places = [*([named] if named else []), *sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
    for place in map(str, places):
        told = subprocess.run(
            [place, "-c", "import sys; print(sys.version.split()[0])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode == 0 and told.stdout.startswith(f"{version}."):
            return place
    return None


def lowest() -> str:
    """Return constraints that allow the lowest version of each direct dependency only."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(one for extra in extras for one in extra)]
    return "\n".join(one.replace(">=", "==") for one in wanted)


def installed(
    python: str, wheel: Path, folder: Path, *, extras: Sequence[str], constraints: str = ""
) -> Environment:
    """Make an environment with the wheel; only wheels are taken, nothing is compiled."""
    folder.mkdir()
    (folder / "constraints.txt").write_text(constraints)
    subprocess.run([python, "-m", "venv", str(folder / "env")], check=True)
    environment = Environment(folder / "env" / "bin" / "python", folder)
    named = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    done = environment.run(
        *(environment.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"),
        *("--only-binary", ":all:", "-c", "constraints.txt", named),
    )
    if done.returncode:
        raise SystemExit(f"{python}: {named} cannot be installed\n{done.stderr[-1500:]}")
    return environment


def faults_of_use(environment: Environment) -> Iterator[str]:
    """Yield what does not do what it should with everything installed."""
    for command, code in (
        (("--version", "--verbose"), 0),
        (("demo", "--out", "demo-out", "--lang", "en"), 0),
        (VERIFY, 0),
        (tuple(one.replace("issued", "tampered-mark") for one in VERIFY), 1),
        (PAGE, 0),
    ):
        done = environment.hocba(*command)
        if done.returncode != code:
            yield f"hocba {' '.join(command)}: exit code {done.returncode}, not {code}\n{done.stderr[-800:]}"
    done = environment.run(environment.python, "-m", "pip", "check")
    if done.returncode:
        yield done.stdout


def faults_of_extras(environment: Environment, extras: Sequence[str]) -> Iterator[str]:
    """Yield the commands that do not say what is missing, or miss what is there."""
    (environment.folder / "dot.png").write_bytes(DOT)
    done = environment.hocba("demo", "--out", "demo-out")
    if done.returncode:
        yield f"hocba demo: exit code {done.returncode}\n{done.stderr[-800:]}"
    for name, (command, cause) in USES.items():
        done = environment.hocba(*command)
        told = done.stderr + done.stdout
        if (cause in told) is (name in extras) or "Traceback" in told or "CLI.INTERNAL" in told:
            yield f"{name}: hocba {' '.join(command)} says\n{told[-800:]}"


def faults_of_readme(environment: Environment) -> Iterator[str]:
    """Yield what the first commands of README do not do for somebody from the package index."""
    page = (ROOT / "README.md").read_text("utf-8")
    first = re.search(r"^```bash\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert first is not None
    path = f"export PATH={environment.python.parent}:$PATH\n"
    done = environment.run("bash", "-ec", path + first[1])
    if done.returncode or "Verdict: VALID" not in done.stdout:
        yield f"README: exit code {done.returncode}\n{done.stdout[-400:]}{done.stderr[-400:]}"


def size(environment: Environment) -> str:
    """Return the number of distributions and their octets, without pip."""
    code = (
        "from importlib.metadata import distributions as d; "
        "l = [x for x in d() if x.name not in ('pip', 'setuptools')]; "
        "print(len(l), 'packages,', round(sum(p.stat().st_size for x in l for f in x.files or [] "
        "if (p := x.locate_file(f)).is_file() and p.suffix != '.pyc') / 1e6), 'MB')"
    )
    return environment.run(environment.python, "-c", code).stdout.strip()


def main() -> int:
    (wheel,) = (ROOT / "dist").glob("*.whl")
    faults: list[str] = []

    def told(name: str, found: Sequence[str], environment: Environment) -> None:
        print(f"{name:<22} {'FAULT' if found else 'ok':<6} {size(environment)}", flush=True)
        faults.extend(f"{name}: {fault}" for fault in found)

    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        for version in VERSIONS:
            python = interpreter(version)
            if python is None:
                print(f"Python {version:<15} not installed here: not tried")
                continue
            for bounds, constraints in (("lowest", lowest()), ("newest", "")):
                environment = installed(
                    python,
                    wheel,
                    place / f"{version}-{bounds}",
                    extras=tuple(USES),
                    constraints=constraints,
                )
                told(f"Python {version}, {bounds}", [*faults_of_use(environment)], environment)
                shutil.rmtree(environment.folder)
        for extras in ((), *((name,) for name in USES)):
            environment = installed(
                sys.executable, wheel, place / f"extra-{'-'.join(extras)}", extras=extras
            )
            name = f"extra {extras[0]}" if extras else "no extra"
            faulty = [*faults_of_readme(environment), *faults_of_extras(environment, extras)]
            told(name, faulty, environment)
            shutil.rmtree(environment.folder)
    print(re.sub(r"^", "  ", "\n".join(faults), flags=re.MULTILINE), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
