"""Which commands and options there are.

Cheap to import: what a command does is loaded when it is called.
"""

import argparse
from collections.abc import Sequence
from typing import Final

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.cli import arguments
from hocba_sign.cli.help_words import say
from hocba_sign.cli.parser import Parser

LEVELS: Final = ("B", "T")
JSON_FORMS: Final = ("full", "short")
OUTPUTS: Final = frozenset({"out", "html", "csv", "counts", "evidence", "log", "results"})
"""Options that name a file or folder to be written; every other path is read."""


def add_language(parser: Parser, language: Language) -> None:
    parser.add_argument("--lang", choices=LANGUAGES, default=language, help=say("LANG", language))


def add_level(parser: Parser, language: Language) -> None:
    add_authority(parser, language)
    parser.add_argument("--level", choices=LEVELS, default="T", help=say("LEVEL", language))


def add_authority(parser: Parser, language: Language, *, words: str = "TSA") -> None:
    """Add whose time-stamps are taken; `cli.level` reads it."""
    parser.add_argument("--tsa", metavar="URL", help=say(words, language))
    parser.add_argument("--tsa-fallback", metavar="URL", help=say("TSA_FALLBACK", language))


def add_timeout(parser: Parser, language: Language, *, words: str = "TIMEOUT") -> None:
    parser.add_argument(
        "--timeout", type=arguments.seconds, metavar="SECONDS", help=say(words, language)
    )


def add_out(parser: Parser, language: Language, *, words: str = "OUT") -> None:
    parser.add_argument(
        "-o", "--out", type=arguments.path, required=True, metavar="OUT", help=say(words, language)
    )


def add_material(parser: Parser, language: Language) -> None:
    """Add what a judgement may rest on; `cli.material` reads it."""
    for option, key in (
        ("--trust", "TRUST_PATH"),
        ("--crl", "CRL"),
        ("--ocsp", "OCSP"),
        ("--cert", "CERT_PATH"),
    ):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )
    parser.add_argument("--at", type=arguments.moment, metavar="RFC3339", help=say("AT", language))


def add_network(
    parser: Parser, language: Language, *, words: str = "OFFLINE", timeout_words: str = "TIMEOUT"
) -> None:
    parser.add_argument("--offline", action="store_true", help=say(words, language))
    add_timeout(parser, language, words=timeout_words)
    parser.add_argument(
        "--unsafe-allow-loopback", action="store_true", help=say("UNSAFE_ALLOW_LOOPBACK", language)
    )


def add_careful(parser: Parser, language: Language) -> None:
    parser.add_argument("--careful", action="store_true", help=say("CAREFUL", language))


def add_judge(parser: Parser, language: Language) -> None:
    """Add what says by which rules and by whose word signers are judged; `cli.policy` and
    `cli.knowledge` read it.
    """
    words = say("REGISTRY_FILES", language)
    parser.add_argument(
        "--registry", action="append", default=[], type=arguments.path, metavar="PATH", help=words
    )
    add_pin(parser, language)
    parser.add_argument(
        "--policy",
        type=arguments.policy,
        default=(),
        metavar="NAME[,NAME]|FILE",
        help=say("POLICY", language),
    )


def add_knowledge(parser: Parser, language: Language) -> None:
    """Add what tells whether a transcript is still in force; `cli.knowledge` reads it."""
    for option, key in (("--events", "EVENT_FILES"), ("--status-list", "STATUS_LIST_FILES")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )


def add_pin(parser: Parser, language: Language) -> None:
    words = say("REGISTRY_PIN", language)
    parser.add_argument(
        "--registry-pin",
        action="append",
        default=[],
        type=arguments.sha256,
        metavar="SHA256",
        help=words,
    )


def add_driver(
    parser: argparse._ActionsContainer, language: Language, *, is_required: bool = False
) -> None:
    parser.add_argument(
        "--pkcs11",
        type=arguments.path,
        required=is_required,
        metavar="FILE",
        help=say("PKCS11", language),
    )


def add_remote(parser: Parser, language: Language, *, source: argparse._ActionsContainer) -> None:
    """Add what says which service, and how it is asked; `cli.remote` reads it."""
    source.add_argument(
        "--remote", type=arguments.path, metavar="FILE.toml", help=say("REMOTE", language)
    )
    parser.add_argument(
        "--wait", type=arguments.seconds, metavar="SECONDS", help=say("REMOTE_WAIT", language)
    )
    parser.add_argument("--again", action="store_true", help=say("REMOTE_AGAIN", language))


def add_password(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "--password-env",
        type=arguments.variable,
        metavar="NAME",
        help=say("PASSWORD_ENV", language),
    )


def add_token(parser: Parser, language: Language, *, has_pin: bool = True) -> None:
    """Add what says which token, and which certificate on it; `cli.token_key` reads it."""
    parser.add_argument("--token", metavar="LABEL", help=say("TOKEN_LABEL", language))
    parser.add_argument(
        "--cert-sha256",
        type=arguments.sha256,
        metavar="SHA256",
        help=say("TOKEN_CERT_SHA256", language),
    )
    if not has_pin:
        return
    parser.add_argument(
        "--pin-env", type=arguments.variable, metavar="NAME", help=say("PIN_ENV", language)
    )
    parser.add_argument(
        "--pin-fd", type=arguments.descriptor, metavar="N", help=say("PIN_FD", language)
    )
    parser.add_argument("--last-try", action="store_true", help=say("LAST_TRY", language))


def add_detached(parser: Parser, language: Language) -> None:
    metavar = "NAME=FILE" if language == "en" else "TÊN=TỆP"
    parser.add_argument(
        "--detached",
        action="append",
        default=[],
        type=arguments.named_file,
        metavar=metavar,
        help=say("DETACHED", language),
    )


def add_lists(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "--list",
        action="append",
        default=[],
        type=arguments.path,
        metavar="FILE",
        help=say("LIST", language),
    )


def add_many_results(parser: Parser, language: Language) -> None:
    """Add what becomes of the judgements of one file or many."""
    parser.add_argument("--summary", action="store_true", help=say("SUMMARY", language))
    for name in ("csv", "counts", "html", "log", "results"):
        parser.add_argument(
            f"--{name}", type=arguments.path, metavar="FILE", help=say(name.upper(), language)
        )
    parser.add_argument("-q", "--quiet", action="store_true", help=say("QUIET", language))
    parser.add_argument("--verbose", action="store_true", help=say("VERBOSE", language))
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument("--jobs", type=arguments.count, metavar="N", help=say("JOBS", language))
    workers.add_argument("--dask", metavar="ADDRESS", help=say("DASK", language))


def spelled_out(given: Sequence[str]) -> list[str]:
    """Write `--json` of `verify` as `--json=full`: a parser would take the next word for its
    form.
    """
    if next((word for word in given if word in {"verify", "cert"}), None) != "verify":
        return list(given)
    return ["--json=full" if word == "--json" else word for word in given]
