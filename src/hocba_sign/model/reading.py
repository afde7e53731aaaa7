"""Read a record by its field table from any source, collecting every fault with its place."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar, cast

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel, code_list
from hocba_sign.model.fields import Bound, Group, Leaf, Many, Spec, element_path, table
from hocba_sign.model.lexical import ValueKind
from hocba_sign.model.suggestion import suggested, suggestion_text
from hocba_sign.model.text import faults

MAX_FINDINGS: Final = 1000
"""A hostile document may have a fault in each of 100,000 elements; nobody reads more than these."""

_NAMES: Final = {"subjects": "name", "provinces": "province"}
"""The attribute beside a code of the list that holds its name."""

Naming: TypeAlias = Literal["element", "key"]
RecordT = TypeVar("RecordT")


class RecordSource(Protocol):
    """Where a record's values come from. `where` names a place as that source's readers know it."""

    @property
    def naming(self) -> Naming: ...

    def where(self, name: str | None = None) -> str: ...

    def leaf(self, bound: Bound, spec: Leaf) -> str | None:
        """Return the written value, None if absent. Raises InputError with cause and place."""
        ...

    def group(self, bound: Bound, record: type) -> "RecordSource | None":
        """Return the source of a nested record, None if absent; itself where the record stands
        inline.
        """
        ...

    def many(self, bound: Bound, spec: Many) -> "tuple[RecordSource, ...]": ...

    def identifier(self) -> str | None:
        """Return the Id of this record, None where the source knows none."""
        ...

    def is_identified_as(self, expected: str | None) -> bool:
        """Return whether the Id is the expected one; true where the source knows no Ids."""
        ...

    def strangers(self, known: tuple[tuple[str, bool], ...]) -> Iterable[Finding]:
        """Return what does not belong here, `known` being names in order with whether they may
        repeat.
        """
        ...


@cache
def names(
    record: type, *, level: SchoolLevel | None, naming: Naming
) -> tuple[tuple[str, bool], ...]:
    """Return the names that may stand in a record, in order, each with whether it may repeat;
    inline records included.
    """
    found: list[tuple[str, bool]] = []
    for bound in table(record):
        match bound.spec:
            case Leaf(element=element, key=key):
                found.append((element if naming == "element" else key, False))
            case Many(element=element, key=key, wrapper=wrapper):
                found.append(
                    ((wrapper or element, wrapper is None)) if naming == "element" else (key, False)
                )
            case Group(element=element, key=key):
                name = element if naming == "element" else key
                if name is not None:
                    found.append((name, False))
                    continue
                chosen = bound.record(level)
                for member in bound.records if chosen is None else (chosen,):
                    found.extend(names(member, level=level, naming=naming))
    return tuple(found)


def _place(source: RecordSource, spec: Spec) -> str:
    name = spec.wrapper if isinstance(spec, Many) and spec.wrapper else spec.element
    return source.where(name if source.naming == "element" else spec.key)


def _name_beside(record: type, source: RecordSource, *, codes: str) -> str:
    """Return the name that stands in a record beside a code of the list, in whatever state it is;
    empty where none does.
    """
    for bound in table(record):
        if bound.attribute == _NAMES.get(codes) and isinstance(bound.spec, Leaf):
            with suppress(InputError):
                return source.leaf(bound, bound.spec) or ""
    return ""


def written_value(kind: ValueKind, value: object, *, where: str) -> str:
    """Write a value that an untyped caller may have put in its place.

    Raises: InputError with `where`; VALUE.TYPE for a value that is no value of this kind at all.
    """
    try:
        return kind.write(value)
    except InputError as error:
        raise InputError(error.cause, where=where) from None
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        raise InputError("VALUE.TYPE", where=where) from None


class RecordReader:
    """Reads one document: the faults so far, and what could be read in spite of them.

    `findings` are all faults, `fatal` those that leave a value unreadable, `built` the last record
    of each class that is complete.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.fatal: list[Finding] = []
        self.built: dict[type, object] = {}
        self.level: SchoolLevel | None = None

    def read(self, record: type[RecordT], source: RecordSource) -> RecordT:
        """Read the outermost record.

        Raises: InputError with the first fatal fault, all faults in its `findings`.
        """
        value = self.record(record, source)
        if value is None or self.fatal:
            first = self.fatal[0]
            raise InputError(
                first.cause,
                where=first.where,
                findings=(first, *(finding for finding in self.findings if finding != first)),
            )
        return cast("RecordT", value)

    def record(self, record: type, source: RecordSource) -> object | None:
        """Read a record that has its own element or object; None if a required part is
        unreadable.
        """
        value = self._fields(record, source)
        for stranger in source.strangers(names(record, level=self.level, naming=source.naming)):
            self._fatal(stranger)
        return value

    def _fields(self, record: type, source: RecordSource) -> object | None:
        values: dict[str, object] = {}
        is_complete = True
        for bound in table(record):
            try:
                value = self._value(bound, source, record=record)
            except InputError as error:
                self._fatal(error.findings[0])
                is_complete = False
                continue
            if value is not None:
                values[bound.attribute] = value
            elif bound.is_required:
                is_complete = False
        if not is_complete:
            return None
        self.built[record] = built = record(**values)
        return cast("object", built)

    def _value(self, bound: Bound, source: RecordSource, *, record: type) -> object | None:
        match bound.spec:
            case Leaf() as spec:
                return self._leaf(bound, spec, source=source, record=record)
            case Group() as spec:
                return self._group(bound, spec, source)
            case Many() as spec:
                return self._many(bound, spec, source)

    def _leaf(
        self, bound: Bound, spec: Leaf, *, source: RecordSource, record: type
    ) -> object | None:
        text = source.leaf(bound, spec)
        if text is None:
            if bound.is_required:
                raise InputError("TRANSCRIPT.MISSING_FIELD", where=_place(source, spec))
            return None
        kind, place, form = spec.kind, _place(source, spec), spec.kind.form
        causes = faults(text, is_comment=kind.is_comment)
        if kind.is_free and kind.max_length is not None and len(text) > kind.max_length:
            causes = (*causes, "TEXT.TOO_LONG")
        if kind.codes is not None and text not in code_list(kind.codes):
            causes = (*causes, "CODE.UNKNOWN")
            words = (text, _name_beside(record, source, codes=kind.codes))
            form = suggestion_text(suggested(code_list(kind.codes), words)) or form
        for cause in causes:
            self._add(Finding(cause, place, form if cause == "CODE.UNKNOWN" else ""))
        try:
            value = kind.read(text)
        except InputError as error:
            cause = causes[0] if causes else error.cause
            raise InputError(cause, where=place, findings=(Finding(cause, place, form),)) from None
        if spec.is_level:
            self.level = cast("SchoolLevel", value)
        return value

    def _group(self, bound: Bound, spec: Group, source: RecordSource) -> object | None:
        record = bound.record(self.level)
        if record is None:
            return None
        inner = source.group(bound, record)
        if inner is None:
            if bound.is_required:
                raise InputError("TRANSCRIPT.MISSING_FIELD", where=_place(source, spec))
            return None
        if inner is source:
            return self._fields(record, inner)
        value = self.record(record, inner)
        self._check_identifier(inner, spec.identifier)
        if value is None and not bound.is_required:
            raise InputError(self.fatal[-1].cause, where=self.fatal[-1].where)
        return value

    def _many(self, bound: Bound, spec: Many, source: RecordSource) -> tuple[object, ...] | None:
        sources = source.many(bound, spec)
        if not spec.least <= len(sources) <= spec.most:
            cause = "TRANSCRIPT.TOO_MANY" if sources else "TRANSCRIPT.MISSING_FIELD"
            raise InputError(cause, where=_place(source, spec))
        items = []
        parent = source.identifier() or ""
        for n, inner in enumerate(sources, 1):
            item = self.record(bound.records[0], inner)
            if item is not None:
                self._check_identifier(
                    inner, spec.identify(parent, item, n) if spec.identify else None
                )
                items.append(item)
        if len(items) < len(sources):
            raise InputError(self.fatal[-1].cause, where=self.fatal[-1].where)
        return tuple(items)

    def _check_identifier(self, source: RecordSource, expected: str | None) -> None:
        if not source.is_identified_as(expected):
            self._fatal(Finding("TRANSCRIPT.WRONG_ID", source.where()))

    def _add(self, finding: Finding) -> None:
        if len(self.findings) < MAX_FINDINGS and finding not in self.findings:
            self.findings.append(finding)

    def _fatal(self, finding: Finding) -> None:
        if len(self.fatal) < MAX_FINDINGS and finding not in self.fatal:
            self.fatal.append(finding)
        self._add(finding)


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """A record in memory as a source, with the paths that its XML form has: so it is checked by the
    same rules as a document.
    """

    value: Any
    path: str

    @property
    def naming(self) -> Naming:
        return "element"

    def where(self, name: str | None = None) -> str:
        return f"{self.path}/{name}" if name else self.path

    def leaf(self, bound: Bound, spec: Leaf) -> str | None:
        value = getattr(self.value, bound.attribute)
        if value is None:
            return None
        return written_value(spec.kind, value, where=self.where(spec.element))

    def group(self, bound: Bound, record: type) -> "ObjectSource | None":
        value = getattr(self.value, bound.attribute)
        path = self.path + (f"/{bound.spec.element}" if bound.spec.element else "")
        if value is None:
            return None
        if not isinstance(value, record):
            raise InputError("TRANSCRIPT.WRONG_LEVEL_FORM", where=path)
        return ObjectSource(value, path)

    def many(self, bound: Bound, spec: Many) -> "tuple[ObjectSource, ...]":
        del spec
        path = self.path + element_path(type(self.value), bound.attribute)
        return tuple(
            ObjectSource(item, f"{path}[{n}]")
            for n, item in enumerate(getattr(self.value, bound.attribute), 1)
        )

    def identifier(self) -> None:
        return None

    def is_identified_as(self, expected: str | None) -> bool:
        del expected
        return True

    def strangers(self, known: tuple[tuple[str, bool], ...]) -> Iterable[Finding]:
        del known
        return ()
