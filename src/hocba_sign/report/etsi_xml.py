"""How a validation report of ETSI is written: elements as texts, URNs, times."""

from datetime import UTC, datetime
from html import escape
from typing import Final

from hocba_sign.report.phrases import printable
from hocba_sign.validation.verdict import SubIndication

URN: Final = "urn:etsi:019102:"


def element(name: str, *content: str, **attributes: str) -> str:
    """Write an element; `content` is XML already, attributes are texts."""
    given = "".join(f' {key}="{text(value)}"' for key, value in attributes.items())
    inner = "".join(content)
    return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"


def text(value: str) -> str:
    """Write a text that a file or certificate brings."""
    return escape(printable(value))


def when(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def indication(main: str, sub: SubIndication | None = None) -> str:
    """Write the two indications; `main` is that of a signature, or of a block in lower case."""
    told = element("MainIndication", f"{URN}mainindication:{main.lower().replace('_', '-')}")
    return told if sub is None else told + element("SubIndication", f"{URN}subindication:{sub}")
