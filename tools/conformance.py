"""Write docs/reference/conformance.md: clause, where it is implemented, vectors; with --check, fail
where the file is stale.

Read from the `Spec:` of docstrings and the `spec` of test_vectors/*/*/case.json.
"""

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "hocba_sign"
VECTORS = ROOT / "test_vectors"
TARGET = ROOT / "docs" / "reference" / "conformance.md"

HEAD = """# Conformance

Made by `tools/conformance.py` from the `Spec:` lines of the source and the `spec` of the vectors. Editions, and which clause numbers are unconfirmed: [standards](standards.md).

**Where** is below `hocba_sign`. **Vectors** are folders of `test_vectors/`. A clause without a vector is held by unit tests only; a vector without a place tests what
several places do together.
"""

OURS = "This library"
STANDARD = re.compile(
    r"(?:ETSI )?(?P<etsi>(?:EN|TS) \d{3} \d{3}(?:-\d)?)(?: v[\d.]+)?"
    r"|(?P<law>(?:TT|Circular|NĐ) \d+/\d+)(?:/[A-ZĐ-]+)?"
    r"|(?P<other>UAX #\d+|RFC \d+|X\.\d+|XML 1\.[01]|Namespaces in XML 1\.[01]|Canonical "
    r"XML 1\.[01]|Exclusive XML Canonicalization 1\.0"
    r"|XML Signature 1\.1|XML Signature Best Practices)"
)
SPEC = re.compile(r"\bSpec:\s*(.+?)(?:\.?\s*$|\.\s*\n\s*\n|\.\s*\n)", re.DOTALL)
Clauses = dict[str, dict[str, list[str]]]


def clauses(text: str) -> Iterator[tuple[str, str, str]]:
    """Split `EN 319 102-1, 5.3 and 5.5 (time); RFC 3161` into standard, clause and note; what names
    no standard is this library's own.
    """
    last = (OURS, "", "")
    for part in re.split(r";\s*", " ".join(text.split())):
        # A standard inside brackets explains, it is not implemented there.
        open_text = _without_brackets(part)
        found = list(STANDARD.finditer(open_text))
        lead = part[: found[0].start()].strip(" ,") if found else part
        if not found:
            yield (OURS, part, "") if last[0] == OURS else (*last[:2], part)
        for match, following in zip_longest(found, found[1:]):
            name = (match["etsi"] or match["law"] or match["other"]).replace("Circular", "TT")
            for clause, note in numbers(
                part[match.end() : None if following is None else following.start()].strip(" ,")
            ):
                last = (name, clause, note or lead)
                yield last


def numbers(text: str) -> Iterator[tuple[str, str]]:
    """Split `5.3, 5.5 and 5.6 (time)` into the numbers, each with its note; other texts are one
    clause.
    """
    cuts = [
        0,
        *(
            cut.end()
            for cut in re.finditer(r"(?:, | and )(?=\d+(?:\.\d+)*)", _without_brackets(text))
        ),
    ]
    pieces = [
        re.sub(r"(?:,| and)\s*$", "", text[start:end]).strip()
        for start, end in zip_longest(cuts, cuts[1:])
    ]
    if not all(re.match(r"\d", piece) for piece in pieces):
        pieces = [text]
    for piece in pieces:
        number = re.match(r"\d+(?:\.\d+)*(?=[ ,]|$)", piece)
        clause = piece if number is None else number[0]
        note = "" if number is None else piece[number.end() :].strip(" ,")
        yield (
            ("", piece.strip("()"))
            if piece.startswith("(")
            else (clause, note[1:-1] if note.startswith("(") and note.endswith(")") else note)
        )


def _without_brackets(text: str) -> str:
    return re.sub(r"\([^)]*\)", lambda bracket: "." * len(bracket[0]), text)


def docstrings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every string that documents something, with the name of what it documents."""

    def inside(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, str]]:
        name = prefix
        for node in body:
            match node:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield name, text
                case ast.FunctionDef() | ast.ClassDef():
                    yield from inside(node.body, f"{prefix}.{node.name}" if prefix else node.name)
                case (
                    ast.Assign(targets=[ast.Name(id=target)])
                    | ast.AnnAssign(target=ast.Name(id=target))
                ):
                    name = f"{prefix}.{target}" if prefix else target
                    continue
                case _:
                    pass
            name = prefix

    yield from inside(tree.body, "")


def implemented() -> Clauses:
    found: Clauses = defaultdict(lambda: defaultdict(list))
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        if module.startswith("testing"):
            continue
        for name, text in docstrings(ast.parse(path.read_text("utf-8"))):
            for match in SPEC.finditer(text):
                for standard, clause, note in clauses(match[1]):
                    place = f"`{module}.{name}`" if name else f"`{module}`"
                    found[standard][clause].append(f"{place} ({note})" if note else place)
    return found


def tested() -> Clauses:
    found: Clauses = defaultdict(lambda: defaultdict(list))
    for path in sorted(VECTORS.glob("*/*/case.json")):
        case = json.loads(path.read_text("utf-8"))
        for standard, clause, _ in clauses(case["spec"]):
            found[standard][clause].append(case["id"])
    return found


def page() -> str:
    places, vectors = implemented(), tested()
    parts = [HEAD]
    for standard in sorted(places.keys() | vectors.keys(), key=lambda name: (name == OURS, name)):
        parts.append(f"\n## {standard}\n\n| Clause | Where | Vectors |\n|---|---|---|\n")
        own, cases = places.get(standard, {}), vectors.get(standard, {})
        for clause in sorted(own.keys() | cases.keys(), key=_natural):
            where = ", ".join(dict.fromkeys(own.get(clause, ())))
            named = ", ".join(dict.fromkeys(cases.get(clause, ())))
            parts.append(f"| {clause or 'as a whole'} | {where} | {named} |\n")
    return "".join(parts)


def _natural(clause: str) -> list[tuple[int, int, str]]:
    """Order 5.2.10 after 5.2.9."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"\d+|[^\d.]+", clause)
    ]


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text("utf-8") != made:
            print(f"{TARGET.name} is stale: run tools/conformance.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
