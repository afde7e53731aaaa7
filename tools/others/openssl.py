"""Let OpenSSL make revocation lists, OCSP responses, time-stamp tokens and certificates of the
vectors' world, with the keys of its authorities.

Needs openssl 3 and faketime, since `openssl ocsp` and `openssl ts` read the clock.
"""

import os
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hocba_sign.testing import CertificateAuthority, Identity
from hocba_sign.testing.identity import pem
from hocba_sign.testing.keys import InsecureKey

Entries = tuple[tuple[int, datetime, str], ...]
"""Serial number, time and reason (as `openssl ca` writes it) of revoked certificates."""
_POLICY = "1.3.6.1.4.1.32473.704.1"
_CONFIGURATION = """
[ca]
default_ca = authority
[authority]
dir = {folder}
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = anything
preserve = yes
unique_subject = no
{number}
[anything]
countryName = optional
organizationName = optional
organizationalUnitName = optional
title = optional
commonName = supplied
UID = optional
[list]
{extensions}
[stamps]
serial = {folder}/serial
crypto_device = builtin
digests = sha1, sha256, sha384, sha512
{stamps}
"""


class ListOptions(TypedDict, total=False):
    """`extensions` are lines of a configuration, `signing_key` is not the authority's."""

    entries: Entries
    extensions: str
    number: int | None
    signing_key: InsecureKey | None


class AnswerOptions(TypedDict, total=False):
    """`known` are serial numbers that are good, `issuer` is whose certificates the question says
    that they are.
    """

    signer: Identity | CertificateAuthority | None
    entries: Entries
    known: tuple[int, ...]
    hashed: str
    issuer: CertificateAuthority | None


class TokenOptions(TypedDict, total=False):
    """`settings` are lines of a configuration."""

    hashed: str
    settings: str
    asks_for_certificate: bool


class CertificateOptions(TypedDict, total=False):
    """`signing_key` is not the authority's."""

    serial: str
    signing_key: InsecureKey | None


class RefusedError(Exception):
    """OpenSSL did not do what it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSsl:
    """Runs `openssl` in a folder of its own."""

    folder: Path
    files: dict[bytes, Path] = field(default_factory=dict)

    def run(self, *words: object, at: datetime | None = None) -> bytes:
        clock = [] if at is None else ["faketime", f"{at:%Y-%m-%d %H:%M:%S}"]
        done = subprocess.run(
            [*clock, "openssl", *map(str, words)],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, "TZ": "UTC"},
        )
        if done.returncode:
            raise RefusedError(f"{words}\n{done.stderr.decode()}")
        return done.stdout

    def configured(
        self, *, extensions: str = "", stamps: str = "", number: int | None = None
    ) -> Path:
        said = "" if number is None else f"crlnumber = {self.folder}/crlnumber"
        if number is not None:
            digits = f"{number:x}"
            self.path("crlnumber").write_text("0" * (len(digits) % 2) + digits + "\n")
        path = self.path("openssl.cnf")
        path.write_text(
            _CONFIGURATION.format(
                folder=self.folder, extensions=extensions, stamps=stamps, number=said
            )
        )
        return path

    def path(self, name: str) -> Path:
        return self.folder / name

    def key(self, key: InsecureKey) -> Path:
        octets = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self._kept(octets, "key")

    def certificate(self, der: bytes) -> Path:
        return self._kept(pem(der), "pem")

    def _kept(self, octets: bytes, kind: str) -> Path:
        if octets not in self.files:
            self.files[octets] = self.path(f"{len(self.files)}.{kind}")
            self.files[octets].write_bytes(octets)
        return self.files[octets]

    def revoked(self, entries: Entries, good: Mapping[int, datetime] | None = None) -> Path:
        """Write the database of an authority; `good` are serial numbers that it issued."""
        lines = [
            f"R\t300101000000Z\t{at:%y%m%d%H%M%S}Z{reason and ',' + reason}\t{_hex(serial)}"
            f"\tunknown\t/CN=TEST {serial}"
            for serial, at, reason in entries
        ]
        lines += [
            f"V\t300101000000Z\t\t{_hex(serial)}\tunknown\t/CN=TEST {serial}"
            for serial in good or ()
        ]
        path = self.path("index.txt")
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def crl(
        self,
        authority: CertificateAuthority,
        *words: str,
        issued: datetime,
        until: datetime,
        **options: Unpack[ListOptions],
    ) -> bytes:
        """Return the list of an authority, DER, signed with its key or another; `openssl ca` is
        given `words` too.
        """
        extensions = options.get("extensions", "authorityKeyIdentifier = keyid:always")
        signing_key = options.get("signing_key")
        self.revoked(options.get("entries", ()))
        configuration = self.configured(extensions=extensions, number=options.get("number", 7))
        out = self.path("list.pem")
        # The certificate is made to fit where another key signs: openssl compares the two.
        certificate = self.certificate(authority.certificate_der)
        if signing_key is not None:
            certificate = self._named_as(authority, signing_key)
        named = ["-crlexts", "list"] if extensions else []
        self.run(
            *("ca", "-batch", "-config", configuration, "-gencrl", "-out", out, *named),
            *("-cert", certificate, "-keyfile", self.key(signing_key or authority.key)),
            *("-crl_lastupdate", f"{issued:%Y%m%d%H%M%S}Z"),
            *("-crl_nextupdate", f"{until:%Y%m%d%H%M%S}Z", *words),
        )
        return self.run("crl", "-in", out, "-outform", "DER")

    def _named_as(self, authority: CertificateAuthority, key: InsecureKey) -> Path:
        """Return a certificate with the name of an authority and another key."""
        out = self.path("named.pem")
        self.run(
            *("x509", "-in", self.certificate(authority.certificate_der), "-out", out),
            *("-signkey", self.key(key), "-force_pubkey", self._public(key)),
        )
        return out

    def _public(self, key: InsecureKey) -> Path:
        out = self.path("public.pem")
        self.run("pkey", "-in", self.key(key), "-pubout", "-out", out)
        return out

    def answer(
        self,
        authority: CertificateAuthority,
        certificates: tuple[bytes, ...],
        *words: str,
        at: datetime,
        **options: Unpack[AnswerOptions],
    ) -> bytes:
        """Return an OCSP response about certificates."""
        known = dict.fromkeys(options.get("known", ()), at)
        index = self.revoked(options.get("entries", ()), known)
        by, out = options.get("signer") or authority, self.path("answer.ocsp")
        hashed, issuer = options.get("hashed", "sha1"), options.get("issuer")
        asked = [word for der in certificates for word in ("-cert", str(self.certificate(der)))]
        issuer_file = self.certificate((issuer or authority).certificate_der)
        self.run(
            *("ocsp", "-index", index, "-CA", self.certificate(authority.certificate_der)),
            *("-rsigner", self.certificate(by.certificate_der), "-rkey", self.key(by.key)),
            *(f"-{hashed}", "-issuer", issuer_file, *asked, "-respout", out, "-noverify", *words),
            at=at,
        )
        return out.read_bytes()

    def refusal(self, authority: CertificateAuthority, *, port: int = 18704) -> bytes:
        """Return what a responder says to a question that is none."""
        index = self.revoked(())
        certificate = self.certificate(authority.certificate_der)
        command: list[object] = [
            "openssl",
            "ocsp",
            "-index",
            index,
            "-CA",
            certificate,
            "-rsigner",
            certificate,
        ]
        command += ["-rkey", self.key(authority.key), "-port", str(port), "-nrequest", "1"]
        with subprocess.Popen(
            [*map(str, command)], cwd=self.folder, stderr=subprocess.PIPE
        ) as responder:
            assert responder.stderr is not None
            while b"waiting for" not in responder.stderr.readline():
                continue
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n0\0")
                line.shutdown(socket.SHUT_WR)
                said = line.makefile("rb").read()
            responder.wait(timeout=10)
        return said.rpartition(b"\r\n\r\n")[2]

    def token(
        self,
        octets: bytes,
        *words: str | Path,
        at: datetime,
        tsa: Identity,
        **options: Unpack[TokenOptions],
    ) -> bytes:
        """Return a time-stamp token over the digest of octets."""
        question, out, data = self.path("q.tsq"), self.path("token.der"), self.path("data")
        data.write_bytes(octets)
        self.path("serial").write_text("0704\n")
        settings = options.get("settings", "signer_digest = sha256")
        configuration = self.configured(stamps=f"default_policy = {_POLICY}\n{settings}")
        certificate = ["-cert"] if options.get("asks_for_certificate", True) else []
        hashed = options.get("hashed", "sha256")
        self.run(
            "ts", "-query", "-data", data, f"-{hashed}", *certificate, "-no_nonce", "-out", question
        )
        self.run(
            *(
                "ts",
                "-reply",
                "-config",
                configuration,
                "-section",
                "stamps",
                "-queryfile",
                question,
            ),
            *("-signer", self.certificate(tsa.certificate_der), "-inkey", self.key(tsa.key)),
            *("-token_out", "-out", out, *words),
            at=at,
        )
        return out.read_bytes()

    def issued(
        self,
        authority: CertificateAuthority,
        key: Path,
        subject: str,
        *words: str,
        extensions: str,
        since: datetime,
        until: datetime,
        **options: Unpack[CertificateOptions],
    ) -> bytes:
        """Return a certificate, DER; `key` is the holder's, `openssl ca` is given `words` too."""
        asked, out, extra = self.path("asked.csr"), self.path("issued.pem"), self.path("extra.cnf")
        extra.write_text(f"[leaf]\n{extensions}\n")
        self.revoked(())
        self.path("serial").write_text(f"{options.get('serial', '0704')}\n")
        configuration = self.configured()
        self.run("req", "-new", "-utf8", "-key", key, "-subj", subject, "-out", asked)
        certificate, signing_key = (
            self.certificate(authority.certificate_der),
            options.get("signing_key"),
        )
        if signing_key is not None:
            certificate = self._named_as(authority, signing_key)
        self.run(
            *("ca", "-batch", "-config", configuration, "-notext", "-in", asked, "-out", out),
            *("-cert", certificate, "-keyfile", self.key(signing_key or authority.key)),
            *("-extfile", extra, "-extensions", "leaf", "-preserveDN"),
            *("-startdate", f"{since:%Y%m%d%H%M%S}Z", "-enddate", f"{until:%Y%m%d%H%M%S}Z", *words),
        )
        return self.run("x509", "-in", out, "-outform", "DER")


def _hex(serial: int) -> str:
    digits = f"{serial:X}"
    return "0" * (len(digits) % 2) + digits
