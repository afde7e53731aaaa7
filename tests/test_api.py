"""The public names: listed, cheap to import, and unchanged unless `tests/api.txt` changes with
them.

`python -m tests.test_api > tests/api.txt` writes the list anew.
"""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import hocba_sign

SNAPSHOT = Path(__file__).with_name("api.txt")
HTTP_CLIENTS = frozenset({"urllib3", "http.client", "urllib.request", "aiohttp", "requests"})
PATH_ENGINES = frozenset({"pyhanko", "pyhanko_certvalidator"})
PDF_LIBRARIES = frozenset({"typst", "segno", "pypdfium2"})


def loaded_by(statement: str) -> frozenset[str]:
    """Return every module that a fresh interpreter loads for `statement`."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    )


def described(name: str, value: object) -> Iterator[str]:
    """Yield a name with its shape: parameters, members, fields; private ones and what comes from
    object left out.
    """
    if inspect.isclass(value) and issubclass(value, Enum):
        yield f"{name}: {', '.join(value.__members__)}"
    elif inspect.isclass(value):
        yield (
            f"{name}: protocol"
            if getattr(value, "_is_protocol", False)
            else f"{name}{_parameters(value)}"
        )
        for own, member in sorted(vars(value).items()):
            inner = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
            if not own.startswith("_") and inspect.isfunction(inner):
                yield f"{name}.{own}{_parameters(inner)}"
            elif not own.startswith("_") and isinstance(member, property):
                yield f"{name}.{own}"
    elif callable(value):
        yield f"{name}{_parameters(value)}"
    else:
        yield name


def _parameters(value: object) -> str:
    """Return names and kinds of parameters without types and default values: those read differently
    from version to version.
    """
    assert callable(value)
    parts: list[str] = []
    for parameter in inspect.signature(value).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(
            parameter.name + ("" if parameter.default is inspect.Parameter.empty else "=…")
        )
    return f"({', '.join(parts)})"


def current() -> str:
    return "".join(
        f"{line}\n"
        for name in sorted(hocba_sign.__all__)
        for line in described(name, getattr(hocba_sign, name))
    )


def test_public_names_are_those_of_the_snapshot() -> None:
    assert current().splitlines() == SNAPSHOT.read_text("utf-8").splitlines()


def test_every_public_name_is_listed_and_can_be_loaded() -> None:
    assert dir(hocba_sign) == sorted(hocba_sign.__all__)
    assert len(set(hocba_sign.__all__)) == len(hocba_sign.__all__)
    for name in hocba_sign.__all__:
        assert getattr(hocba_sign, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'singe'"):
        _ = hocba_sign.singe  # type: ignore[attr-defined]


def test_every_public_name_but_parts_is_used_in_the_typed_examples() -> None:
    text = Path(__file__).with_name("typing").joinpath("api.py").read_text("utf-8")
    known = hocba_sign.__all__[: hocba_sign.__all__.index("NotPassed") + 1]
    assert [name for name in known if f"hocba_sign.{name}" not in text] == []


def test_importing_the_package_loads_no_http_client_no_path_engine_and_nothing_for_pdf() -> None:
    loaded = loaded_by("import hocba_sign")
    assert "hocba_sign" in loaded
    assert not loaded & (
        HTTP_CLIENTS | PATH_ENGINES | PDF_LIBRARIES | {"lxml", "cryptography", "asn1crypto"}
    )


@pytest.mark.parametrize("name", ["prepare", "complete", "merge", "sign", "Verifier"])
def test_working_without_a_network_loads_no_http_client(name: str) -> None:
    assert not loaded_by(f"from hocba_sign import {name}") & {
        "urllib3",
        "aiohttp",
        "requests",
        "hocba_sign.adapters.tsa",
    }


if __name__ == "__main__":
    sys.stdout.write(current())
