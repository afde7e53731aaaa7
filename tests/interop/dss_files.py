"""What EU DSS is asked to write: every packaging, level, algorithm, canonicalization, property and
counter-signature that it can.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.interop.dss_writer import Job
from tests.interop.realm import Realm

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14NS = {
    "c14n10": INCLUSIVE,
    "c14n10-comments": f"{INCLUSIVE}#WithComments",
    "c14n11": "http://www.w3.org/2006/12/xml-c14n11",
    "c14n11-comments": "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "exclusive": EXCLUSIVE,
    "exclusive-comments": f"{EXCLUSIVE}WithComments",
}
LEVELS = ("B", "T", "LT", "LTA")
PACKAGINGS = ("ENVELOPED", "ENVELOPING", "DETACHED", "INTERNALLY_DETACHED")
REFERENCES = {
    "enveloped-inclusive": f"enveloped,{INCLUSIVE}",
    "enveloped-exclusive": f"enveloped,{EXCLUSIVE}",
    "xpath": f"xpath:not(ancestor-or-self::ds:Signature),{EXCLUSIVE}",
    "subtract": f"subtract:/descendant::ds:Signature,{INCLUSIVE}",
}
SIGNED, LATER = "2026-06-01T03:00:00Z", "2026-06-01T03:30:00Z"

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- trước --><h:GIAY Id="giay" xmlns:h="urn:test:1" xmlns:k="urn:khac" xml:lang="vi"><h:HO_TEN Id="ten" k:x="1">Nguyễn Văn An</h:HO_TEN>\
<!-- ghi chú --><DIEM xmlns="" Id="diem"  b="2" a='1'>8.5</DIEM><?pi d?></h:GIAY>
"""
SECOND = '<B Id="hai">Trần Văn Hai</B>'
THIRD = "Văn bản thường, không phải XML\n"


@dataclass(frozen=True, slots=True)
class Made:
    """One file that is to be written, by one job; `detached` are the names of the data
    beside it.
    """

    name: str
    job: Job
    detached: tuple[str, ...] = ()


def of_every_kind(realm: Realm) -> tuple[Made, ...]:
    """Return the files in an order in which those that others start from come first."""
    for name, text in (("a.xml", DOCUMENT), ("b.xml", SECOND), ("c.txt", THIRD)):
        realm.path(name).write_text(text, encoding="utf-8")
    desk = Desk(realm)
    return (
        *desk.packagings(),
        *desk.forms(),
        *desk.several(),
        *desk.properties(),
        *desk.grown(),
        *desk.counter_signed(),
    )


@dataclass(frozen=True, slots=True)
class Desk:
    realm: Realm

    def path(self, name: str) -> Path:
        return self.realm.path(f"{name}.xml" if "." not in name else name)

    def job(
        self, do: str, name: str, sources: str = "a.xml", *, key: str = "rsa", **words: str
    ) -> Job:
        common = {
            "do": do,
            "from": ",".join(str(self.path(source)) for source in sources.split(",")),
            "out": str(self.path(name)),
            "key": str(self.realm.path(f"{key}.p12")),
            "tsa": str(self.realm.path("tsa.p12")),
            "trust": str(self.realm.path("trust")),
            "crl": str(self.realm.path("crl")),
            "at": SIGNED,
        }
        return {**common, **{word.rstrip("_"): value for word, value in words.items()}}

    def packagings(self) -> Iterator[Made]:
        for packaging in PACKAGINGS:
            for level in LEVELS:
                name = f"{packaging.lower()}-{level}"
                detached = ("a.xml",) if packaging == "DETACHED" else ()
                yield Made(name, self.job("sign", name, packaging=packaging, level=level), detached)
        for level in ("C", "X", "XL", "A"):
            yield Made(
                f"form-{level}",
                self.job("sign", f"form-{level}", packaging="ENVELOPED", level=level),
            )
            yield Made(
                f"form-{level}-v1",
                self.job(
                    "sign", f"form-{level}-v1", packaging="ENVELOPED", level=level, with_="v1"
                ),
            )

    def forms(self) -> Iterator[Made]:
        for name, encryption, key in (("pss", "RSASSA_PSS", "rsa"), ("ecdsa", "ECDSA", "ec")):
            for digest in ("SHA256", "SHA384", "SHA512"):
                words = {
                    "encryption": encryption,
                    "digest": digest,
                    "level": "T",
                    "packaging": "ENVELOPED",
                }
                yield Made(
                    f"{name}-{digest}", self.job("sign", f"{name}-{digest}", key=key, **words)
                )
        for name, algorithm in C14NS.items():
            words = {"c14n": algorithm, "level": "LTA"}
            yield Made(
                f"{name}-in",
                self.job("sign", f"{name}-in", packaging="ENVELOPED", with_="keyinfo", **words),
            )
            yield Made(
                f"{name}-around",
                self.job(
                    "sign", f"{name}-around", packaging="ENVELOPING", with_="content,embed", **words
                ),
            )
        for name, transforms in REFERENCES.items():
            words = {"level": "T", "packaging": "ENVELOPED", "uri": "", "transforms": transforms}
            yield Made(name, self.job("sign", name, **words))

    def several(self) -> Iterator[Made]:
        three, two = "a.xml,b.xml,c.txt", "a.xml,b.xml"
        beside = tuple(three.split(","))
        yield Made(
            "several-around",
            self.job("sign", "several-around", three, packaging="ENVELOPING", level="LTA"),
        )
        yield Made(
            "several-embedded",
            self.job(
                "sign", "several-embedded", two, packaging="ENVELOPING", level="LTA", with_="embed"
            ),
        )
        yield Made(
            "several-inside",
            self.job("sign", "several-inside", two, packaging="INTERNALLY_DETACHED", level="LTA"),
        )
        yield Made(
            "several-beside",
            self.job("sign", "several-beside", three, packaging="DETACHED", level="LTA"),
            beside,
        )
        yield Made(
            "manifest",
            self.job(
                "sign", "manifest", three, packaging="ENVELOPING", level="T", with_="manifest"
            ),
            beside,
        )

    def properties(self) -> Iterator[Made]:
        claims = {
            "role": "Hiệu trưởng",
            "commitment": "ProofOfApproval",
            "city": "Hà Nội",
            "packaging": "ENVELOPED",
            "level": "T",
        }
        policy = str(self.path("c.txt"))
        yield Made(
            "claims", self.job("sign", "claims", policy=policy, with_="content,subject", **claims)
        )
        yield Made(
            "claims-v1",
            self.job("sign", "claims-v1", policy="implied", with_="v1,content", **claims),
        )
        words = {"packaging": "ENVELOPING", "level": "LTA"}
        yield Made("no-prefix", self.job("sign", "no-prefix", with_="default-namespace", **words))
        yield Made("policy-store", self.job("store", "policy-store", "claims", policy=policy))

    def grown(self) -> Iterator[Made]:
        words = {"packaging": "ENVELOPED", "level": "T", "at": LATER}
        yield Made("parallel-T", self.job("sign", "parallel-T", "enveloped-T", key="ec", **words))
        yield Made(
            "parallel-LTA", self.job("extend", "parallel-LTA", "parallel-T", level="LTA", at=LATER)
        )
        yield Made("renewed", self.job("extend", "renewed", "enveloped-LTA", level="LTA", at=LATER))

    def counter_signed(self) -> Iterator[Made]:
        yield Made(
            "countered", self.job("countersign", "countered", "enveloped-T", key="ec", target="0")
        )
        yield Made("nested", self.job("countersign", "nested", "countered", target="1", level="T"))
        yield Made("nested-LTA", self.job("extend", "nested-LTA", "nested", level="LTA", at=LATER))
        late = {"target": "0", "level": "T", "at": LATER}
        yield Made(
            "countered-archive",
            self.job("countersign", "countered-archive", "nested-LTA", key="ec", **late),
        )
        inclusive = self.job(
            "countersign",
            "countered-inclusive",
            "enveloped-B",
            key="ec",
            target="0",
            c14n=INCLUSIVE,
        )
        yield Made("countered-inclusive", inclusive)
