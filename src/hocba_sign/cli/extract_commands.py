"""The commands about extracts: open one, and judge one."""

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import arguments
from hocba_sign.cli.help_words import say
from hocba_sign.cli.options import (
    add_careful,
    add_judge,
    add_knowledge,
    add_material,
    add_network,
    add_out,
)
from hocba_sign.cli.parser import Parser


def add_extract(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "files", nargs=1, type=arguments.path, metavar="FILE", help=say("EXTRACT_FILE", language)
    )
    parser.add_argument(
        "--show",
        type=arguments.names,
        default=(),
        metavar="NAME[,NAME]",
        help=say("EXTRACT_SHOW", language),
    )
    _add_verifying(parser, language)
    add_out(parser, language, words="EXTRACT_OUT")


def add_verify_extract(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "files",
        nargs=1,
        type=arguments.path,
        metavar="FILE",
        help=say("VERIFY_EXTRACT_FILE", language),
    )
    parser.add_argument(
        "--registered",
        action="append",
        default=[],
        type=arguments.sha256,
        metavar="SHA256",
        help=say("REGISTERED", language),
    )
    _add_verifying(parser, language)
    parser.add_argument("--html", type=arguments.path, metavar="FILE", help=say("HTML", language))
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_verifying(parser: Parser, language: Language) -> None:
    add_material(parser, language)
    add_network(parser, language)
    add_careful(parser, language)
    add_judge(parser, language)
    add_knowledge(parser, language)
