"""What the values of options mean: text in, value out; what makes no sense is refused with the
cause id that has words for it.
"""

import argparse
import os
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import is_file
from hocba_sign.model.workflow import Role
from hocba_sign.report.phrases import VIETNAM

POLICIES: Final = ("default", "strict", "kho")
MAX_TIMEOUT: Final = 3_600.0
"""Seconds."""

MAX_COUNT: Final = 10_000

_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,38})){1,32}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-fA-F]{2}(:?[0-9a-fA-F]{2}){31}", re.ASCII)


def moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("CLI.TIME") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("CLI.TIME_ZONE")
    return moment


def moment_or_day(text: str) -> datetime:
    """Take a moment, or a day in Vietnam, from its beginning."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return moment(text)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("CLI.DAY") from None


def path(text: str) -> Path:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("CLI.PATH")
    return Path(text)


def named_file(text: str) -> tuple[str, Path]:
    """Take `NAME=FILE`; a name may hold `=`, as addresses do."""
    name, _, file = text.rpartition("=")
    if not name or not file or "\0" in file:
        raise argparse.ArgumentTypeError("CLI.DETACHED")
    return name, Path(file)


def roles(text: str) -> tuple[Role, ...]:
    try:
        roles = tuple(Role(word.strip()) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("CLI.ROLES") from None
    if Role.GVBM in roles:
        raise argparse.ArgumentTypeError("CLI.ROLES")
    return roles


def names(text: str) -> tuple[str, ...]:
    """Take names parted by commas; which there are, the document says."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_TIMEOUT:
        raise argparse.ArgumentTypeError("CLI.TIMEOUT")
    return seconds


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MAX_COUNT:
        raise argparse.ArgumentTypeError("CLI.COUNT")
    return int(text)


def oid(text: str) -> str:
    if not _OID.fullmatch(text):
        raise argparse.ArgumentTypeError("CLI.OID")
    return text


def variable(text: str) -> str:
    """Take the name of an environment variable; never shows it back, because a password may have
    been given by mistake.
    """
    if text not in os.environ:
        raise argparse.ArgumentTypeError("CLI.PASSWORD_ENV")
    return text


def descriptor(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("CLI.PIN_FD")
    return int(text)


def policy(text: str) -> tuple[str, ...] | Path:
    """Take names of policies parted by commas, or else the path of a policy file."""
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if set(names) <= set(POLICIES):
        return names
    file = path(text)
    if not is_file(file):
        raise argparse.ArgumentTypeError("CLI.POLICY")
    return file


def sha256(text: str) -> str:
    """Take a SHA-256 as tools print it: upper or lower case, with or without colons."""
    if not _SHA256.fullmatch(text):
        raise argparse.ArgumentTypeError("CLI.SHA256")
    return text.replace(":", "").lower()
