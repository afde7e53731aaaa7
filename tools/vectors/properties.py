"""Area signature, third part: what a signature says about itself."""

from collections.abc import Iterator

from hocba_sign.testing.forge import Edit
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import SEAL, Stage
from tools.vectors.structure import refused_seal

_CONSTRAINTS = {"indication": "INDETERMINATE", "sub_indication": "SIG_CONSTRAINTS_FAILURE"}


def cases(stage: Stage) -> Iterator[Case]:
    def constraint(name: str, texts: tuple[str, str, str], cause: str, edit: Edit) -> Case:
        title, why, spec = texts
        return Case(
            identifier=f"signature/{name}",
            title=title,
            why=why,
            spec=spec,
            document=stage.forged_at(SEAL, before_digests=edit),
            verdict="INDETERMINATE",
            causes=(cause,),
            signatures={"KY_PHAT_HANH": {**_CONSTRAINTS, "intact": True}},
            twin="format/issued-secondary",
        )

    def without(tag: str) -> Edit:
        def edit(signature: Element) -> None:
            for element in tuple(signature.iter(tag)):
                parent = element.getparent()
                assert parent is not None
                parent.remove(element)

        return edit

    def time(text: str) -> Edit:
        def edit(signature: Element) -> None:
            next(signature.iter(names.SIGNING_TIME)).text = text

        return edit

    spec = "EN 319 132-1, 6.3"
    yield constraint(
        "no-signing-time",
        ("A signature without SigningTime", "A level B signature states when it was made", spec),
        "SIG.SIGNING_TIME",
        without(names.SIGNING_TIME),
    )
    yield constraint(
        "signing-time-without-zone",
        ("SigningTime without a time zone", "Seven hours are at stake", "EN 319 132-1, 5.2.1"),
        "SIG.SIGNING_TIME",
        time("2026-06-01T03:00:00"),
    )
    yield constraint(
        "signing-time-in-future",
        (
            "The claimed signing time lies after the time of validation",
            "A clock or a lie",
            "EN 319 102-1, 5.2.8",
        ),
        "SIG.SIGNING_TIME_FUTURE",
        time("2026-07-01T03:00:00Z"),
    )
    yield constraint(
        "signing-time-before-certificate",
        (
            "The claimed signing time lies before the certificate's life",
            "The key had no certificate then",
            "EN 319 102-1, 5.2.8",
        ),
        "SIG.SIGNING_TIME_RANGE",
        time("2024-06-01T03:00:00Z"),
    )
    yield constraint(
        "no-data-object-format",
        ("The references are not described by DataObjectFormat", "Required at level B", spec),
        "SIG.DATA_OBJECT_FORMAT",
        without(names.DATA_OBJECT_FORMAT),
    )

    def other_target(signature: Element) -> None:
        next(signature.iter(names.QUALIFYING_PROPERTIES)).set("Target", "#ck-CBQL")

    yield refused_seal(
        stage,
        "properties-for-another-target",
        (
            "QualifyingProperties point at another signature",
            "They would qualify that one",
            "EN 319 132-1, 4.3",
        ),
        "SIG.QUALIFYING_PROPERTIES",
        after=other_target,
    )
