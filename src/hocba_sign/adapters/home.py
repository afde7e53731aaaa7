"""What stays on this machine: imported certificates and the user's own anchors, under $HOCBA_HOME.

    certificates/<sha256>.der   pinned by the trust list
    anchors/<sha256>.json       the user's own: the certificate and what it stands for

Every file appears whole or not at all, so that several processes may work at once. Names are
fingerprints and are checked on reading.
"""

import base64
import binascii
import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.errors import CallerError, Finding, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import MAX_CERTIFICATE_OCTETS, Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.trust.anchors import listed_anchors, user_anchor
from hocba_sign.pki.trust.store import MAX_ANCHORS, Anchor, TrustStore
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedCertificate, TrustList

HOME_VARIABLE: Final = "HOCBA_HOME"
_CERTIFICATES, _ANCHORS = "certificates", "anchors"
_CERTIFICATE_SUFFIX, _ANCHOR_SUFFIX = ".der", ".json"
_MAX_ANCHOR_OCTETS = 2 * MAX_CERTIFICATE_OCTETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one certificate.

    `finding` says why it was not taken; `entry` is the list's; `is_new` that it was not there yet.
    """

    certificate: Certificate
    entry: ListedCertificate | None = None
    finding: Finding | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What is in the store. `findings` name the files that were left out."""

    certificates: tuple[Certificate, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    findings: tuple[Finding, ...] = ()

    def trust(self) -> TrustStore:
        """Return the pinned roots and the user's own anchors."""
        return listed_anchors(self.certificates).with_anchors(self.anchors)


def home(environment: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return the folder of the program: $HOCBA_HOME, else where the platform keeps a user's data.

    Raises: CallerError TRUST.HOME where there is neither.
    """
    own = environment.get(HOME_VARIABLE)
    if own:
        return Path(own)
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "hocba"
    if platform != "darwin" and environment.get("XDG_DATA_HOME"):
        return Path(environment["XDG_DATA_HOME"]) / "hocba"
    user = environment.get("HOME") or environment.get("USERPROFILE")
    if not user:
        raise CallerError("TRUST.HOME", detail=f"neither {HOME_VARIABLE} nor a home folder")
    return Path(user) / (
        "Library/Application Support/hocba" if platform == "darwin" else ".local/share/hocba"
    )


def read_certificates(octets: bytes) -> tuple[Certificate, ...]:
    """Read what an authority publishes, whatever the file is called: PEM, DER, PKCS#7, Base64
    without armour.

    Raises: InputError TRUST.IS_CRL for a revocation list, otherwise as `load_certificates`.
    """
    try:
        return load_certificates(octets)
    except InputError as error:
        raise InputError(
            "TRUST.IS_CRL" if error.cause == "FILE.IS_CRL" else error.cause,
            where=error.where,
            detail=error.detail,
        ) from error


@dataclass(frozen=True, slots=True)
class CertificateStore:
    """The imported certificates and own anchors in one folder, which is made on the first
    import.
    """

    folder: Path

    @staticmethod
    def default() -> "CertificateStore":
        """Return the store of this user. Raises: CallerError TRUST.HOME."""
        return CertificateStore(home(os.environ))

    def add(
        self, certificates: Iterable[Certificate], *, trust_list: TrustList | None = None
    ) -> tuple[Imported, ...]:
        """Keep those that the list pins; the others are refused, each with its finding.

        Raises: OutsideError TRUST.HOME, FILE.UNWRITABLE.
        """
        known = trust_list or TrustList.load()
        results: list[Imported] = []
        for certificate in certificates:
            try:
                entry = known.admit(certificate)
            except InputError as error:
                results.append(
                    Imported(certificate=certificate, finding=Finding(error.cause, error.where))
                )
                continue
            is_new = self._put(
                _CERTIFICATES, certificate.sha256 + _CERTIFICATE_SUFFIX, certificate.der
            )
            results.append(Imported(certificate=certificate, entry=entry, is_new=is_new))
        return tuple(results)

    def add_anchors(
        self, certificates: Iterable[Certificate], *, hierarchies: Iterable[Hierarchy] = ()
    ) -> tuple[Imported, ...]:
        """Keep the user's own anchors, standing for `hierarchies`; a pinned root goes to the pinned
        ones and keeps what the list says.

        Raises: CallerError TRUST.KNOWN_BAD_ANCHOR before anything is kept, OutsideError as `add`.
        """
        held = tuple(certificates)
        TrustStore.of(held)
        stands_for = sorted(Hierarchy(hierarchy) for hierarchy in hierarchies)
        results: list[Imported] = []
        for certificate in held:
            if listed_anchors((certificate,)).anchors:
                results.extend(self.add((certificate,)))
                continue
            content = {
                "certificate": base64.b64encode(certificate.der).decode("ascii"),
                "hierarchies": stands_for,
            }
            octets = json.dumps(content, indent=1).encode() + b"\n"
            is_new = self._put(_ANCHORS, certificate.sha256 + _ANCHOR_SUFFIX, octets)
            results.append(Imported(certificate=certificate, is_new=is_new))
        return tuple(results)

    def remove(self, sha256: str) -> bool:
        """Forget an imported certificate or own anchor; false if there was none.

        Raises: OutsideError TRUST.HOME.
        """
        was_there = False
        for folder, suffix in ((_CERTIFICATES, _CERTIFICATE_SUFFIX), (_ANCHORS, _ANCHOR_SUFFIX)):
            try:
                (self.folder / folder / f"{sha256}{suffix}").unlink()
                was_there = True
            except FileNotFoundError:
                continue
            except OSError as error:
                raise OutsideError(
                    "TRUST.HOME", where=str(self.folder / folder), detail=str(error.strerror)
                ) from error
        return was_there

    def load(self, *, trust_list: TrustList | None = None) -> Holdings:
        """Read everything; a file that is not what its name says, or is pinned no longer, is left
        out and named.

        Raises: OutsideError TRUST.HOME where a folder cannot be read.
        """
        known = trust_list or TrustList.load()
        certificates: list[Certificate] = []
        anchors: list[Anchor] = []
        findings: list[Finding] = []
        for path in (
            *self._files(_CERTIFICATES, _CERTIFICATE_SUFFIX),
            *self._files(_ANCHORS, _ANCHOR_SUFFIX),
        ):
            try:
                octets = read_limited(path, _MAX_ANCHOR_OCTETS)
                if path.suffix == _CERTIFICATE_SUFFIX:
                    certificate = _named(path, Certificate.load(octets))
                    known.admit(certificate)
                    certificates.append(certificate)
                else:
                    anchor = _read_anchor(octets)
                    TrustStore((anchor,))
                    _named(path, anchor.certificate)
                    anchors.append(anchor)
            except (CallerError, InputError, OutsideError) as error:
                # Another process may have removed it since it was listed.
                if error.cause != "FILE.NOT_FOUND":
                    findings.append(Finding("TRUST.STORE_DAMAGED", str(path)))
        return Holdings(
            certificates=tuple(certificates), anchors=tuple(anchors), findings=tuple(findings)
        )

    def _files(self, name: str, suffix: str) -> list[Path]:
        try:
            found = sorted(
                path
                for path in (self.folder / name).iterdir()
                if path.suffix == suffix and not path.name.startswith(".")
            )
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutsideError(
                "TRUST.HOME", where=str(self.folder / name), detail=str(error.strerror)
            ) from error
        if len(found) > MAX_ANCHORS:
            raise OutsideError(
                "TRUST.HOME", where=str(self.folder / name), detail=f"more than {MAX_ANCHORS} files"
            )
        return found

    def _put(self, folder: str, name: str, octets: bytes) -> bool:
        goal = self.folder / folder / name
        try:
            goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                if goal.read_bytes() == octets:
                    return False
        except OSError as error:
            raise OutsideError(
                "TRUST.HOME", where=str(goal.parent), detail=str(error.strerror)
            ) from error
        write_atomically(goal, octets)
        return True


def _named(path: Path, certificate: Certificate) -> Certificate:
    if path.stem != certificate.sha256:
        raise InputError("TRUST.STORE_DAMAGED", where=str(path))
    return certificate


def _read_anchor(octets: bytes) -> Anchor:
    try:
        content = json.loads(octets)
        certificate = Certificate.load(base64.b64decode(content["certificate"], validate=True))
        return user_anchor(
            certificate, hierarchies=[Hierarchy(name) for name in content["hierarchies"]]
        )
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise InputError("TRUST.STORE_DAMAGED", detail=type(error).__name__) from error
