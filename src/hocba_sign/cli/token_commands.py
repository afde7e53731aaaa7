"""The commands about tokens and about this machine."""

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli.options import add_driver, add_language
from hocba_sign.cli.parser import Parser
from hocba_sign.cli.words import say


def add_token_command(parser: Parser, language: Language) -> None:
    actions = parser.add_subparsers(
        dest="action",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )
    for name in ("list", "check"):
        words = say(f"TOKEN_{name.upper()}", language)
        action = actions.add_parser(
            name, language=language, help=words, description=words[:1].upper() + words[1:] + "."
        )
        add_driver(action, language, is_required=True)
        action.add_argument("--json", action="store_true", help=say("JSON", language))
        add_language(action, language)
