"""The commands that sign, bring signatures together and make them last, and what each takes."""

from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import arguments
from hocba_sign.cli.help_words import say
from hocba_sign.cli.options import (
    add_authority,
    add_driver,
    add_judge,
    add_level,
    add_material,
    add_network,
    add_out,
    add_password,
    add_remote,
    add_timeout,
    add_token,
)
from hocba_sign.cli.parser import Parser
from hocba_sign.model.workflow import Role

LONG_TERM_LEVELS: Final = ("LT", "LTA")


def _add_slot(parser: Parser, language: Language, *, words: str = "DOCUMENT") -> None:
    _add_files(parser, language, words=words)
    parser.add_argument(
        "--role", required=True, choices=[role.value for role in Role], help=say("ROLE", language)
    )
    parser.add_argument("--subject", metavar="ID", help=say("SUBJECT", language))
    parser.add_argument("--teacher", metavar="ID", help=say("TEACHER", language))
    parser.add_argument("--algorithm", metavar="NAME", help=say("ALGORITHM", language))
    parser.add_argument(
        "--roles",
        type=arguments.roles,
        default=(),
        metavar="ROLE,ROLE",
        help=say("ROLES", language),
    )


def _add_files(parser: Parser, language: Language, *, words: str) -> None:
    parser.add_argument("file", type=arguments.path, metavar="FILE", help=say(words, language))
    parser.add_argument(
        "more", nargs="*", type=arguments.path, metavar="FILE", help=say("MORE_FILES", language)
    )


def add_sign(parser: Parser, language: Language) -> None:
    _add_slot(parser, language, words="SIGN_INPUT")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--p12", type=arguments.path, metavar="FILE", help=say("P12", language))
    source.add_argument("--key", type=arguments.path, metavar="FILE", help=say("KEY", language))
    add_driver(source, language)
    add_remote(parser, language, source=source)
    parser.add_argument(
        "--cert", type=arguments.path, metavar="FILE", help=say("SIGNER_CERT", language)
    )
    add_password(parser, language)
    add_token(parser, language)
    add_level(parser, language)
    _add_demands(parser, language)
    add_out(parser, language, words="SIGN_OUT")
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def add_prepare(parser: Parser, language: Language) -> None:
    _add_slot(parser, language, words="PREPARE_INPUT")
    parser.add_argument(
        "--at-once",
        type=arguments.count,
        default=50,
        metavar="N",
        help=say("AT_ONCE", language),
    )
    parser.add_argument(
        "--cert", type=arguments.path, metavar="FILE", help=say("SIGNER_CERT", language)
    )
    add_driver(parser, language)
    add_token(parser, language, has_pin=False)
    _add_demands(parser, language)
    add_out(parser, language, words="OUT_STATE")


def _add_demands(parser: Parser, language: Language) -> None:
    """Add what a signer may say of the verifiers; `cli.demands` reads it."""
    for option, key in (("--trust", "SIGN_TRUST"), ("--crl", "SIGN_CRL")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )
    add_judge(parser, language)
    add_network(parser, language, words="SIGN_OFFLINE", timeout_words="TIMEOUT_SIGN")


def add_complete(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "state", type=arguments.path, metavar="STATE.json", help=say("STATE", language)
    )
    value = parser.add_mutually_exclusive_group(required=True)
    value.add_argument("--value-base64", metavar="TEXT", help=say("VALUE_TEXT", language))
    value.add_argument(
        "--value", type=arguments.path, metavar="FILE", help=say("VALUE_FILE", language)
    )
    add_driver(value, language)
    parser.add_argument(
        "--cert", type=arguments.path, metavar="FILE", help=say("SIGNER_CERT", language)
    )
    parser.add_argument(
        "--documents", type=arguments.path, metavar="DIR", help=say("DOCUMENTS", language)
    )
    add_token(parser, language)
    add_level(parser, language)
    add_timeout(parser, language, words="TIMEOUT_COMPLETE")
    add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def add_merge(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="TARGET", help=say("MERGE_TARGET", language)
    )
    parser.add_argument(
        "copies", nargs="+", type=arguments.path, metavar="COPY", help=say("MERGE_COPIES", language)
    )
    add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def add_extend(parser: Parser, language: Language) -> None:
    _add_files(parser, language, words="EXTEND_INPUT")
    parser.add_argument(
        "--due", type=arguments.moment_or_day, metavar="DATE", help=say("EXTEND_DUE_BY", language)
    )
    parser.add_argument("--dry-run", action="store_true", help=say("EXTEND_DRY_RUN", language))
    parser.add_argument(
        "--to", required=True, choices=LONG_TERM_LEVELS, help=say("EXTEND_TO", language)
    )
    add_material(parser, language)
    add_network(parser, language, words="EXTEND_OFFLINE", timeout_words="TIMEOUT_EXTEND")
    add_authority(parser, language, words="EXTEND_TSA")
    add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))
