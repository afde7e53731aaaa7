"""What `--registry`, `--events` and `--status-list` name, and the other years among the files of one call."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.cli import console
from hocba_sign.cli.online import evidence_fetcher
from hocba_sign.errors import InputError, OutsideError
from hocba_sign.pki.evidence import Evidence
from hocba_sign.settle import settle
from hocba_sign.validation.assemble import Named, Sources, assemble
from hocba_sign.validation.chain import Setting
from hocba_sign.validation.document import DocumentConclusion, validate
from hocba_sign.validation.needs import document_needs
from hocba_sign.xml.parse import MAX_BYTES

MAX_YEARS: Final = 50
"""Files of one call that are compared as years of a pupil, which reads them twice; more are a batch, each judged on its own."""


def with_knowledge(given: argparse.Namespace, setting: Setting) -> Setting:
    """Add to the policy what the options name; what the certificates of that point at is fetched unless `--offline`.

    Raises: OutsideError FILE.*; InputError for a registry or status list that is unreadable or not VALID.
    """
    sources = Sources(
        registries=named(given.registry),
        events=named(given.events) if given.events else None,
        lists=named(given.status_list),
        years=tuple(_others(given.files)) if 1 < len(given.files) <= MAX_YEARS else None,
    )
    if sources == Sources():
        return setting
    years = (("", octets) for octets in sources.years or ())
    signed = (*sources.registries, *(sources.events or ()), *sources.lists, *years)
    knowledge = assemble(sources, replace(setting, evidence=fetched_for(given, signed, setting=setting)))
    return replace(setting, policy=replace(setting.policy, knowledge=knowledge))


def named(paths: Iterable[Path]) -> tuple[Named, ...]:
    """Read files, and the XML and JSON files of folders, by name. Raises: OutsideError FILE.*, InputError FILE.TOO_LARGE."""
    return tuple((str(path), read_limited(path, MAX_BYTES)) for given in paths for path in _files(given))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.iterdir() if one.suffix.lower() in {".xml", ".json"} and one.is_file())
    else:
        yield path


def _others(paths: Iterable[Path]) -> Iterator[bytes]:
    """Read the files of the call once more than they are judged; what cannot be read is told when it is judged."""
    for path in paths:
        if path != console.STANDARD:
            with suppress(OutsideError, InputError):
                yield read_limited(path, MAX_BYTES)


def fetched_for(given: argparse.Namespace, signed: Iterable[Named], *, setting: Setting) -> Evidence:
    """Give the evidence of `setting` with what the certificates of `signed` point at, unless `--offline`."""
    fetch = evidence_fetcher(given)
    evidence = setting.evidence
    if fetch is None:
        return evidence
    for _, octets in signed:
        with suppress(InputError):
            judged = partial(_judge, octets, setting)
            evidence = settle(judged, wanted=partial(document_needs, at=setting.at), evidence=evidence, fetch=fetch).evidence
    return evidence


def _judge(octets: bytes, setting: Setting, evidence: Evidence) -> DocumentConclusion:
    return validate(octets, replace(setting, evidence=evidence))
