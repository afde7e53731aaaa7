"""Write schemas/hocba.xsd and schemas/hocba-records*.xsd from the field table; with --check, fail
where one of them is stale.
"""

import re
import sys
from collections.abc import Iterator
from itertools import starmap
from pathlib import Path
from xml.sax.saxutils import escape

from hocba_sign.model.fields import Bound, Group, Leaf, Many, table
from hocba_sign.model.lexical import ValueKind
from hocba_sign.model.transcript import ID_DATA, Transcript
from hocba_sign.xml import namespaces
from hocba_sign.xml.layout import RECORDS
from hocba_sign.xml.nonce import NONCE_PATTERN
from hocba_sign.xml.record_octets import FORMS, RecordForm

SCHEMAS = Path(__file__).parent.parent / "schemas"
TITLES = {
    "event": "Văn bản thu hồi, thay thế, đính chính học bạ đã phát hành",
    "registry": "Danh sách thẩm quyền ký",
    "status_list": "Danh sách trạng thái học bạ",
}

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by tools/schema_types.py from the field table of hocba_sign.model; change it there. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    elementFormDefault="qualified" attributeFormDefault="unqualified" version="1.0">
  <xs:annotation>
    <xs:documentation xml:lang="vi">Các kiểu dữ liệu của học bạ số. Tệp này không có không gian tên riêng mà nhận không gian tên của lược đồ bao gồm tệp.</xs:documentation>
  </xs:annotation>
  <xs:import namespace="http://www.w3.org/2000/09/xmldsig#" schemaLocation="xmldsig.xsd"/>
"""

RECORDS_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by tools/schema_types.py from the field table of hocba_sign.model; change it there. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" attributeFormDefault="unqualified" version="1.0">
  <xs:annotation>
    <xs:documentation xml:lang="vi">Các kiểu dữ liệu của văn bản thu hồi, thay thế, đính chính, danh sách thẩm quyền ký và danh sách trạng thái.</xs:documentation>
  </xs:annotation>
  <xs:include schemaLocation="hocba.xsd"/>
"""

RECORDS_ENTRY = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by tools/schema_types.py; change it there. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:hocba:1" targetNamespace="urn:hocba:1"
    elementFormDefault="qualified" attributeFormDefault="unqualified" version="1.0">
  <xs:annotation>
    <xs:documentation xml:lang="vi">Văn bản thu hồi, thay thế, đính chính, danh sách thẩm quyền ký, danh sách trạng thái: {state}.</xs:documentation>
  </xs:annotation>
  <xs:include schemaLocation="hocba-records.xsd"/>
{elements}</xs:schema>
"""

FRAME = """
  <xs:complexType name="EmptyOrSigned">
    <xs:annotation>
      <xs:documentation xml:lang="vi">Ô chữ ký: để trống hoặc có đúng một chữ ký.</xs:documentation>
    </xs:annotation>
    <xs:sequence>
      <xs:element ref="ds:Signature" minOccurs="0"/>
    </xs:sequence>
  </xs:complexType>
  <xs:complexType name="Signed">
    <xs:annotation>
      <xs:documentation xml:lang="vi">Ô chữ ký đã ký: có đúng một chữ ký.</xs:documentation>
    </xs:annotation>
    <xs:sequence>
      <xs:element ref="ds:Signature"/>
    </xs:sequence>
  </xs:complexType>
  <xs:attributeGroup name="TeacherSlot">
    <xs:attribute name="{subject}" type="slotSubject" use="required">
      <xs:annotation>
        <xs:documentation xml:lang="vi">Id của môn học mà giáo viên ký.</xs:documentation>
      </xs:annotation>
    </xs:attribute>
    <xs:attribute name="{teacher}" type="slotTeacher" use="required">
      <xs:annotation>
        <xs:documentation xml:lang="vi">Id của giáo viên ký.</xs:documentation>
      </xs:annotation>
    </xs:attribute>
  </xs:attributeGroup>
"""


def camel(words: str) -> str:
    first, *rest = re.split(r"[ -]", words)
    return first.lower() + "".join(word.capitalize() for word in rest)


def simple_name(kind: ValueKind) -> str:
    if kind.letters is not None:
        return kind.letters.__name__[0].lower() + kind.letters.__name__[1:]
    if kind.codes is not None:
        return camel(kind.codes.replace("_", " ")) + "Code"
    if kind.bounds is not None:
        return f"integer{kind.bounds[0]}To{kind.bounds[1]}"
    return camel(kind.name) + (
        str(kind.max_length) if kind.pattern is None and kind.max_length else ""
    )


def facets(kind: ValueKind) -> tuple[str, list[str]]:
    """Return the base type and its facets."""
    if kind.letters is not None:
        return "xs:string", [f'<xs:enumeration value="{one}"/>' for one in kind.letters]
    if kind.bounds is not None:
        least, most = kind.bounds
        return "xs:integer", [
            '<xs:pattern value="0|[1-9][0-9]*"/>',
            f'<xs:minInclusive value="{least}"/>',
            f'<xs:maxInclusive value="{most}"/>',
        ]
    if kind.name == "boolean":
        return "xs:boolean", ['<xs:pattern value="true|false"/>']
    if kind.name == "date":
        return "xs:date", ['<xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}"/>']
    if kind.pattern is not None:
        return "xs:string", [f'<xs:pattern value="{escape(kind.pattern)}"/>']
    return "xs:string", [
        f'<xs:minLength value="{kind.min_length}"/>',
        f'<xs:maxLength value="{kind.max_length}"/>',
    ]


def simple_type(name: str, base: str, rules: list[str]) -> str:
    inner = "".join(f"      {rule}\n" for rule in rules)
    return (
        f'  <xs:simpleType name="{name}">\n    <xs:restriction base="{base}">\n{inner}   '
        f" </xs:restriction>\n  </xs:simpleType>\n"
    )


def documented(title: str, indent: str) -> str:
    return (
        f"{indent}<xs:annotation>\n"
        f'{indent}  <xs:documentation xml:lang="vi">{escape(title)}.</xs:documentation>\n'
        f"{indent}</xs:annotation>\n"
    )


def element(name: str, of_type: str, title: str, occurs: str, indent: str) -> str:
    return (
        f'{indent}<xs:element name="{name}" '
        f'type="{of_type}"{occurs}>\n{documented(title, indent + "  ")}{indent}</xs:element>\n'
    )


def particle(bound: Bound, indent: str) -> str:
    """Write what a field adds to the content of its record."""
    optional = "" if bound.is_required else ' minOccurs="0"'
    match bound.spec:
        case Leaf() as leaf:
            return element(leaf.element, simple_name(leaf.kind), leaf.title, optional, indent)
        case Group(element=str(name)) as group:
            return element(name, bound.records[0].__name__, group.title, optional, indent)
        case Group():
            inner = "".join(
                (
                    f"{indent}  <xs:sequence>\n"
                    f"{''.join(particle(one, indent + '    ') for one in table(record))}{indent}"
                    f"  </xs:sequence>\n"
                )
                for record in bound.records
            )
            return f"{indent}<xs:choice>\n{inner}{indent}</xs:choice>\n"
        case Many(wrapper=None) as many:
            occurs = f' minOccurs="{many.least}" maxOccurs="{many.most}"'
            return element(many.element, bound.records[0].__name__, many.title, occurs, indent)
        case Many() as many:
            item = element(
                many.element,
                bound.records[0].__name__,
                many.title,
                f' maxOccurs="{many.most}"',
                indent + "      ",
            )
            return (
                f'{indent}<xs:element name="{many.wrapper}"'
                f"{optional if not many.least else ''}>\n{documented(many.title, indent + '  ')}"
                f"{indent}  <xs:complexType>\n{indent}    <xs:sequence>\n{item}{indent}    "
                f"</xs:sequence>\n"
                f"{indent}  </xs:complexType>\n{indent}</xs:element>\n"
            )


def complex_type(record: type, title: str, id_type: str | None) -> str:
    inner = "".join(particle(bound, "      ") for bound in table(record))
    attribute = (
        f'    <xs:attribute name="{namespaces.ID}" type="{id_type}" use="required"/>\n'
        if id_type
        else ""
    )
    if record is Transcript:
        attribute += (
            f'    <xs:attribute name="{namespaces.NONCE}" type="nonce">\n'
            f"{documented('32 octet ngẫu nhiên, mỗi tệp một giá trị mới, viết bằng Base64', '      ')}"
            "    </xs:attribute>\n"
        )
    return (
        f'  <xs:complexType name="{record.__name__}">\n{documented(title, "    ")}'
        f"    <xs:sequence>\n{inner}    </xs:sequence>\n{attribute}  </xs:complexType>\n"
    )


def walk(record: type) -> Iterator[tuple[Bound, type]]:
    """Yield every field below `record` with the record that has it, once for each record."""
    seen = {record}
    waiting = [record]
    while waiting:
        current = waiting.pop(0)
        for bound in table(current):
            yield bound, current
            for inner in bound.records:
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)


Types = dict[str, tuple[str, list[str]]]
Records = dict[str, tuple[type, str, str | None]]


def collect(
    root: type, title: str, *, simple: Types, records: Records, ids: dict[str, str]
) -> None:
    """Add what `root` and the records below it need."""
    records[root.__name__] = (root, title, "dataId")
    for bound, _ in walk(root):
        match bound.spec:
            case Leaf(kind=kind):
                name = simple_name(kind)
                if simple.setdefault(name, facets(kind)) != facets(kind):
                    raise SystemExit(f"two kinds called {name}")
            case Group(element=str(), identifier=identifier, title=title):
                id_type = f"{identifier}Id" if identifier else None
                if id_type:
                    ids[id_type] = f'<xs:enumeration value="{identifier}"/>'
                records.setdefault(bound.records[0].__name__, (bound.records[0], title, id_type))
            case Many(id_pattern=pattern, title=title):
                id_type = f"{camel(bound.records[0].__name__)}Id" if pattern else None
                if id_type:
                    ids[id_type] = f'<xs:pattern value="{pattern}"/>'
                records.setdefault(bound.records[0].__name__, (bound.records[0], title, id_type))
            case Group():
                pass


def schemas() -> dict[str, str]:
    """Return the text of every generated schema by its file name."""
    simple: Types = {}
    records: Records = {}
    ids: dict[str, str] = {"dataId": f'<xs:enumeration value="{ID_DATA}"/>'}
    collect(Transcript, "Dữ liệu học bạ", simple=simple, records=records, ids=ids)
    references = {"slotSubject": ids["subjectresultId"], "slotTeacher": ids["teacherId"]}
    parts = [
        HEAD,
        *(simple_type(name, *simple[name]) for name in sorted(simple)),
        *(simple_type(name, "xs:ID", [rule]) for name, rule in sorted(ids.items())),
        *(simple_type(name, "xs:string", [rule]) for name, rule in references.items()),
        simple_type("nonce", "xs:string", [f'<xs:pattern value="{NONCE_PATTERN}"/>']),
        *starmap(complex_type, records.values()),
        FRAME.format(subject=namespaces.SLOT_SUBJECT, teacher=namespaces.SLOT_TEACHER).lstrip("\n"),
        "</xs:schema>\n",
    ]
    shared = (frozenset(simple), frozenset(records))
    for form in FORMS:
        collect(
            form.record,
            f"Dữ liệu: {TITLES[form.kind].lower()}",
            simple=simple,
            records=records,
            ids=ids,
        )
    own = [
        RECORDS_HEAD,
        *(simple_type(name, *simple[name]) for name in sorted(simple.keys() - shared[0])),
        *(complex_type(*records[name]) for name in records if name not in shared[1]),
        "</xs:schema>\n",
    ]
    return {
        "hocba.xsd": "".join(parts),
        "hocba-records.xsd": "".join(own),
        "hocba-records-draft.xsd": entry(
            "bản nháp, các ô chữ ký còn trống hoặc mới ký một phần", "EmptyOrSigned"
        ),
        "hocba-records-issued.xsd": entry("bản phát hành, mọi ô chữ ký đều đã ký", "Signed"),
    }


def entry(state: str, slot_type: str) -> str:
    """Write an entry point whose slots are of `slot_type`."""
    return RECORDS_ENTRY.format(
        state=state, elements="".join(root_element(form, slot_type) for form in FORMS)
    )


def root_element(form: RecordForm, slot_type: str) -> str:
    layout = next(one for one in RECORDS if one.root == form.root)
    slots = "".join(
        element(rule.place[-1], slot_type, f"Ô chữ ký {role}", "", "              ")
        for role, rule in layout.rules.items()
    )
    return (
        f'  <xs:element name="{form.root}">\n{documented(TITLES[form.kind], "    ")}    '
        f"<xs:complexType>\n      <xs:sequence>\n"
        f"{element(form.data, form.record.__name__, 'Dữ liệu, phần được ký', '', '        ')}"
        f'        <xs:element name="{namespaces.SIGNATURE_SLOTS}">\n'
        f"{documented('Danh sách ô chữ ký, theo thứ tự ký', '          ')}"
        f"          <xs:complexType>\n            <xs:sequence>\n{slots}            "
        f"</xs:sequence>\n          </xs:complexType>\n"
        f"        </xs:element>\n      </xs:sequence>\n"
        f'      <xs:attribute name="{namespaces.SCHEMA_VERSION_ATTRIBUTE}" '
        f'use="required">\n{documented("Phiên bản lược đồ", "        ")}'
        f'        <xs:simpleType>\n          <xs:restriction base="xs:string">\n'
        f'            <xs:enumeration value="{namespaces.SCHEMA_VERSION}"/>\n          '
        f"</xs:restriction>\n        </xs:simpleType>\n"
        f"      </xs:attribute>\n    </xs:complexType>\n  </xs:element>\n"
    )


def main() -> int:
    stale = 0
    for name, made in schemas().items():
        target = SCHEMAS / name
        if "--check" not in sys.argv[1:]:
            target.write_text(made, "utf-8")
        elif not target.exists() or target.read_text("utf-8") != made:
            print(f"{name} is stale: run tools/schema_types.py", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
