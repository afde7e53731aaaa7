"""Area reference: what of a document a digest and a value are over, in files that other programs
signed and in files that were written again without a change.

The files of others lie in `tools/vectors/others/`; `tools/written_by_others.py` says how they were
made.
"""

from collections.abc import Iterator

from tools.vectors.case import Case
from tools.vectors.others_world import WRITERS, recorded
from tools.vectors.stage import Stage, first_match, swapped

_WRITERS = {name: WRITERS[name] for name in ("jdk", "xmlsec1")}
_FORMS = {
    "info-exclusive": "SignedInfo in exclusive canonical form",
    "info-exclusive-comments": "SignedInfo in exclusive canonical form with comments",
    "info-inclusive": "SignedInfo in Canonical XML 1.0",
    "info-inclusive-comments": "SignedInfo in Canonical XML 1.0 with comments",
    "info-inclusive-1.1": "SignedInfo in Canonical XML 1.1",
    "info-inclusive-1.1-comments": "SignedInfo in Canonical XML 1.1 with comments",
    "data-exclusive": "every reference in exclusive canonical form",
    "data-inclusive": "every reference in Canonical XML 1.0",
    "data-inclusive-1.1": "every reference in Canonical XML 1.1",
    "data-untransformed": "no reference has a transform",
    "prefixes-default": "exclusive canonical form, with the default namespace in the PrefixList",
    "prefixes-ds-xades": "exclusive canonical form, with prefixes that are used in the PrefixList",
    "prefixes-thua": "exclusive canonical form, with a prefix that nothing uses in the PrefixList",
    "digest-sha384": "digests by SHA-384",
    "digest-sha512": "digests by SHA-512",
    "value-rsa-sha384": "values by RSA with SHA-384",
    "value-rsa-sha512": "values by RSA with SHA-512",
}
_CONTEXT = {
    "info-inclusive": "SIG.VALUE",
    "info-inclusive-comments": "SIG.VALUE",
    "info-inclusive-1.1": "SIG.VALUE",
    "info-inclusive-1.1-comments": "SIG.VALUE",
    "data-inclusive": "SIG.DIGEST",
    "data-inclusive-1.1": "SIG.DIGEST",
    "data-untransformed": "SIG.DIGEST",
}
"""Forms that hold every namespace in scope, and what fails when one is added around them."""
_SPEC = "XML Signature 1.1, 4.4.3.2 and 6.5; Exclusive XML Canonicalization 1.0"
_MARK = "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>"


def cases(stage: Stage) -> Iterator[Case]:
    for writer, program in _WRITERS.items():
        for form, title in _FORMS.items():
            octets = recorded(writer, f"{form}.xml")
            yield from _of_others(f"reference/{writer}-{form}", title, octets, program)
    yield from _prefixes()
    yield from _written_again(stage.issued())


def _of_others(name: str, title: str, octets: bytes, program: str) -> Iterator[Case]:
    yield Case(
        identifier=name,
        title=f"Signed by another program: {title}",
        why="A form that the standards allow and a verifier must read",
        spec=_SPEC,
        document=octets,
        verdict="VALID",
        twin=f"{name}-changed",
        origin=program,
    )
    yield Case(
        identifier=f"{name}-changed",
        title=f"The same, a mark changed: {title}",
        why="Whatever the form, the mark is signed",
        spec=_SPEC,
        document=swapped(octets, first_match(octets, _MARK), "<DIEM_CA_NAM>9.9</DIEM_CA_NAM>"),
        verdict="INVALID",
        causes=("SIG.DIGEST",),
        twin=name,
        origin=f"{program}; then changed",
    )
    form = name.partition("-")[2]
    cause = _CONTEXT.get(form)
    yield Case(
        identifier=f"{name}-around",
        title=f"The same, a namespace declared around it after signing: {title}",
        why=(
            "Exclusive canonical form leaves out what nothing uses"
            if cause is None
            else "Inclusive canonical form holds every namespace in scope, used or not"
        ),
        spec=_SPEC,
        document=octets.replace(b"<HOC_BA ", b'<HOC_BA xmlns:them="urn:example:them" ', 1),
        verdict="VALID" if cause is None else "INVALID",
        causes=() if cause is None else (cause,),
        twin=f"{name}-changed" if cause is None else name,
        origin=f"{program}; then changed",
    )


def _prefixes() -> Iterator[Case]:
    for writer, program in _WRITERS.items():
        for form, is_listed in (("prefixes-thua", True), ("data-exclusive", False)):
            octets = recorded(writer, f"{form}.xml")
            yield Case(
                identifier=f"reference/{writer}-{form}-renamed",
                title="A namespace that nothing uses gets another name after signing",
                why=(
                    "Its prefix stands in the PrefixList, so its declaration is signed"
                    if is_listed
                    else "No PrefixList names it, so it is no part of what is signed"
                ),
                spec="Exclusive XML Canonicalization 1.0, 3",
                document=octets.replace(b"urn:example:thua", b"urn:example:khac", 1),
                verdict="INVALID" if is_listed else "VALID",
                causes=("SIG.DIGEST",) if is_listed else (),
                twin=f"reference/{writer}-{form}"
                if is_listed
                else f"reference/{writer}-prefixes-thua-renamed",
                origin=f"{program}; then changed",
            )


def _written_again(issued: bytes) -> Iterator[Case]:
    """Yield files in which other octets say the same, each with a twin that says another thing."""
    nonce = first_match(issued, 'NGAU_NHIEN="[^"]+"')
    mark = first_match(issued, _MARK)
    number = mark.removeprefix("<DIEM_CA_NAM>").removesuffix("</DIEM_CA_NAM>")
    start = f'<DU_LIEU_HOC_BA Id="data" {nonce}>'
    single = nonce.replace('"', "'")
    pairs = (
        (
            "attributes",
            "attributes in another order, in single quotes, with blanks and line ends between",
            (start, f"<DU_LIEU_HOC_BA\r\n\t{single}\n  Id = 'data' >"),
            "an attribute more",
            (start, f'<DU_LIEU_HOC_BA Id="data" xml:lang="vi" {nonce}>'),
        ),
        (
            "character-data",
            "a mark as a CDATA section",
            (mark, f"<DIEM_CA_NAM><![CDATA[{number}]]></DIEM_CA_NAM>"),
            "a mark as a CDATA section with a line end",
            (mark, f"<DIEM_CA_NAM><![CDATA[{number}\n]]></DIEM_CA_NAM>"),
        ),
        (
            "character-references",
            "a mark by references to its characters",
            (
                mark,
                "<DIEM_CA_NAM>" + "".join(f"&#{ord(one)};" for one in number) + "</DIEM_CA_NAM>",
            ),
            "another mark by references to its characters",
            (mark, "<DIEM_CA_NAM>&#57;.&#x39;</DIEM_CA_NAM>"),
        ),
        (
            "declared-again",
            "the default namespace declared once more",
            (start, start.replace("<DU_LIEU_HOC_BA", '<DU_LIEU_HOC_BA xmlns="urn:hocba:1"')),
            "a carriage return by reference, which no parser takes for a line end",
            (mark, mark.replace("</", "&#13;</")),
        ),
        (
            "end-tags",
            "blanks in end tags",
            ("</DU_LIEU_HOC_BA>", "</DU_LIEU_HOC_BA\r\n >"),
            "a processing instruction in the data",
            ("</DU_LIEU_HOC_BA>", "<?in to?></DU_LIEU_HOC_BA>"),
        ),
    )
    for name, same, (old, new), other, (old_too, wrong) in pairs:
        yield Case(
            identifier=f"reference/written-again-{name}",
            title=f"Written again after signing: {same}",
            why="The canonical octets are the same, so the digests hold",
            spec="Canonical XML 1.0, 2.1 and 2.3",
            document=swapped(issued, old, new),
            verdict="VALID",
            twin=f"reference/written-again-{name}-changed",
        )
        yield Case(
            identifier=f"reference/written-again-{name}-changed",
            title=f"Changed after signing: {other}",
            why="The canonical octets are others",
            spec="Canonical XML 1.0, 2.1 and 2.3",
            document=swapped(issued, old_too, wrong),
            verdict="INVALID",
            causes=("SIG.DIGEST",),
            twin=f"reference/written-again-{name}",
        )
