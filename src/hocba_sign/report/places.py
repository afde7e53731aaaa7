"""Where something was found, in words: roles, subjects and fields of the form. What has none is for
the folded part of a report only.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import code_list
from hocba_sign.model.fields import Bound, Leaf, Many, table
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.phrases import phrase, printable

_ROOTS: Final = ("/HOC_BA/DU_LIEU_HOC_BA", "$")
_STEP: Final = re.compile(r"[/.]?([A-Za-z0-9_]+)(?:\[(\d+)\])?")
_POSITIONS: Final = tuple(
    (re.compile(pattern), f"PLACE_{key}")
    for pattern, key in (
        (r"line (\d+), column (\d+)", "COLUMN"),
        (r"line (\d+)", "LINE"),
        (r"octet (\d+)", "OCTET"),
        (r"revision (\d+)", "REVISION"),
    )
)
_DAY: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(?:\d{9}|\d{12})(?![0-9A-Za-z])")
_TECHNICAL: Final = re.compile(
    r"[0-9a-f]{40,}|[0-9a-f]{8}-[0-9a-f]{4}-|^[/#$]|^[A-Za-z_]+$|^[A-Z][A-Z0-9]*\.[A-Z0-9_]+$"
)
_ENDING: Final = re.compile(r"((?:RSA|DSA|ECDSA|SHA)\b[^:]*): (\d{4}-\d{2}-\d{2})")
"""Until when an algorithm counts as safe."""
_CAUSE: Final = re.compile(r"(?:: | \()[A-Z][A-Z0-9]*\.[A-Z0-9_, .]+\)?$")
_OBJECT: Final = re.compile(r" \(\d+ \d+ R\)$")
_PARTS: Final = {
    "#data": "PLACE_DATA",
    "#dinhdanh": "PLACE_IDENTITY",
    "#thongtinhocba": "PLACE_CONTENT",
    "text layer": "PLACE_TEXT_LAYER",
    "pages": "PLACE_PAGES",
}
_SHOWN_DIGITS: Final = 3
_PARTS_OF_A_SLOT: Final = 2
"""Beside the role: subject and teacher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The slots of a file by the places of the signatures in them, and its transcript where the
    signatures vouch for that; `is_of_others` where it was not judged as one.
    """

    slots: Mapping[str, Slot]
    transcript: Transcript | None
    language: Language
    is_of_others: bool = False

    def in_words(self, where: str) -> str | None:
        """Say a place for people; None where only its technical name is known."""
        names = [self._named(_OBJECT.sub("", part.partition(":")[0])) for part in where.split(", ")]
        if all(names):
            return ", ".join(capital(name) for name in names if name is not None)
        if where in _PARTS:
            return phrase(_PARTS[where], self.language)
        if where.startswith("#mon-"):
            return capital(self._subject(where[1:]))
        if where.startswith(_ROOTS):
            return self._field(where)
        position = self._position(where)
        if position is not None:
            return position
        shown = _CAUSE.sub("", where)
        if _TECHNICAL.search(shown):
            return None
        ending = _ENDING.fullmatch(shown)
        if ending is not None:
            day = "/".join(reversed(ending[2].split("-")))
            return phrase("PLACE_UNTIL", self.language, algorithm=ending[1], day=day)
        return masked(printable(_DAY.sub(r"\3/\2/\1", shown)))

    def _named(self, name: str) -> str | None:
        """Name the slot that a technical name means, or that the signature at a place stands in."""
        if name in self.slots:
            return self.slot(self.slots[name])
        role, *rest = name.split("/")
        if role not in set(Role) or len(rest) > _PARTS_OF_A_SLOT:
            return None
        return self.slot(Slot(Role(role), *rest))

    def of_error(self, where: str) -> str:
        """Say where an error stands: slots in words, with what the options call a subject and its
        teacher; a part of a transcript in words; anything else as it is.
        """
        if where in _PARTS:
            return phrase(_PARTS[where], self.language)
        position = self._position(where)
        if position is not None:
            return position
        pieces = re.split(r"(, |: )", where)
        named = [self._named(name) for name in pieces[::2]]
        if not all(named):
            return printable(where)
        pieces[::2] = [
            f"{words} {name.partition('/')[2]}".rstrip()
            for words, name in zip(named, pieces[::2], strict=True)
        ]
        return printable("".join(pieces))

    def _position(self, where: str) -> str | None:
        """Say a line, octet or revision; None where it is no such number."""
        for pattern, key in _POSITIONS:
            found = pattern.fullmatch(where)
            if found is not None:
                number, *column = found.groups()
                return phrase(key, self.language, number=number, column="".join(column))
        return None

    def are_all(self, wheres: Iterable[str]) -> bool:
        """Return whether every signature of several is named."""
        names = frozenset(name for where in wheres for name in where.split(", "))
        return len(self.slots) > 1 and all(
            where in names or str(slot) in names for where, slot in self.slots.items()
        )

    def slot(self, slot: Slot | None) -> str:
        """Name a slot; a subject as signed, else as the national list calls its code."""
        if slot is None:
            return phrase("NO_SLOT", self.language)
        if slot.role is not Role.GVBM:
            return phrase(f"ROLE_{slot.role}", self.language)
        return phrase("ROLE_GVBM", self.language, subject=self.subject_name(slot.subject))

    def step(self, slot: Slot | None) -> str:
        """Name a slot as in a narrow column, where the heading says that it is a role."""
        if slot is not None and slot.role is Role.GVBM:
            return capital(self._subject(slot.subject))
        if slot is not None and slot.role is Role.KY_PHAT_HANH:
            return phrase("ROW_SEAL", self.language)
        return capital(self.slot(slot))

    def lane(self, slot: Slot | None) -> str:
        """Name the step of the workflow that a slot belongs to."""
        if slot is not None and slot.role is Role.GVBM:
            return capital(phrase("ORDER_GVBM", self.language))
        return self.step(slot)

    def subject_name(self, identifier: str | None) -> str:
        subjects = () if self.transcript is None else self.transcript.subjects
        signed = (subject.name for subject in subjects if subject.id == identifier)
        return printable(next(signed, None) or _listed(identifier, self.language))

    def _subject(self, identifier: str | None) -> str:
        return phrase("PLACE_SUBJECT", self.language, subject=self.subject_name(identifier))

    def _field(self, path: str) -> str | None:
        """Name the field at a path of XML elements or of JSON keys by the titles of the field
        table.
        """
        tail = path.removeprefix(_ROOTS[0]).removeprefix(_ROOTS[1]).partition(" (")[0]
        records: tuple[type, ...] = (Transcript,)
        said: list[str] = []
        for name, index in _STEP.findall(tail):
            if any(name == getattr(bound.spec, "wrapper", None) for bound in _fields(records)):
                continue
            found = next((bound for bound in _fields(records) if name in _names(bound)), None)
            if found is None:
                break
            is_json = path.startswith(_ROOTS[1])
            item = None if not index else int(index) + is_json
            said.append(self._title(found, item))
            records = found.records
        return phrase("PLACE_FIELD", self.language, field=" – ".join(said[-2:])) if said else None

    def _title(self, bound: Bound, item: int | None) -> str:
        if item is None:
            return bound.spec.title
        subjects = () if self.transcript is None else self.transcript.subjects
        if bound.attribute == "subjects" and 0 < item <= len(subjects):
            return printable(
                phrase("PLACE_SUBJECT", self.language, subject=subjects[item - 1].name)
            )
        return phrase("PLACE_ITEM", self.language, title=bound.spec.title, number=item)


def masked(text: str) -> str:
    """Leave of every number of nine or twelve digits, as people have them, the last three."""
    return _NUMBER.sub(lambda found: mask(found[0]), text)


def mask(number: str) -> str:
    """Leave the last three characters of a person's number."""
    return "•" * max(len(number) - _SHOWN_DIGITS, 0) + number[-_SHOWN_DIGITS:]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(identifier: str | None, language: Language) -> str:
    code = (identifier or "?").removeprefix("mon-")
    entries = code_list("subjects").entries.get(code, ())
    newest = max((entry.programme for entry in entries), default="")
    names = [entry.name for entry in entries if entry.programme == newest]
    return names[-1] if names else phrase("SUBJECT_CODE", language, code=code)


def _fields(records: tuple[type, ...]) -> tuple[Bound, ...]:
    """Return the fields of records, those of a group without an element of its own among them."""
    found = [bound for record in records for bound in table(record)]
    inner = [
        field
        for bound in found
        if not isinstance(bound.spec, Leaf | Many) and not (bound.spec.element and bound.spec.key)
        for field in _fields(bound.records)
    ]
    return (*found, *inner)


def _names(bound: Bound) -> set[str]:
    return {name for name in (bound.spec.element, bound.spec.key) if name}
