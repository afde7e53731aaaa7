"""Tokens of SoftHSM in a folder, and programs that use them in processes of their own: a driver
stays loaded, and reads its settings once.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hocba_sign.testing import Identity

DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
PIN = "gi4yCuaTest"
ROOT = Path(__file__).resolve().parents[2]


def driver() -> Path | None:
    """Return SoftHSM's driver, None where it is not installed."""
    found = [Path(one) for one in DRIVERS if Path(one).exists()]
    return found[0].resolve() if found and shutil.which("softhsm2-util") else None


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is put on a token: a key, a certificate or both, tied by `key_id` and `id`."""

    identity: Identity
    id: str = "01"
    key_id: str = "01"
    label: str = "signer"
    has_key: bool = True
    has_certificate: bool = True
    key_of: Identity | None = None
    always_authenticate: bool = False

    def written(self) -> dict[str, Any]:
        identity = self.key_of or self.identity
        return {
            "certificate": base64.b64encode(self.identity.certificate_der).decode()
            if self.has_certificate
            else None,
            "key": identity.key_pem.decode() if self.has_key else None,
            "id": self.id,
            "key_id": self.key_id,
            "label": self.label,
            "always_authenticate": self.always_authenticate,
        }


@dataclass(frozen=True)
class Tokens:
    """A folder with tokens; `settings` are more environment for those who use them."""

    folder: Path
    module: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOCBA_")}
        return kept | {
            "SOFTHSM2_CONF": str(self.folder / "softhsm2.conf"),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "HOCBA_LANG": "en",
            "HOCBA_HOME": str(self.folder / "home"),
            "HOCBA_TEST_PIN": PIN,
            **self.settings,
        }

    def add(self, label: str, *items: Item) -> None:
        """Make a token with these objects."""
        held = self.folder / "tokens"
        held.mkdir(exist_ok=True)
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {held}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        made = ("softhsm2-util", "--init-token", "--free", "--label", label)
        self._run((*made, "--pin", PIN, "--so-pin", "12345678"))
        if not items:
            return
        spec = {"label": label, "pin": PIN, "items": [item.written() for item in items]}
        self._run((sys.executable, "-m", "tests.interop.tokens"), given=json.dumps(spec))

    def hocba(self, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        start = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
        return self._run((sys.executable, "-c", start, *arguments), given=given, check=False)

    def python(self, program: str) -> Any:
        """Run a program that prints JSON."""
        return json.loads(self._run((sys.executable, "-c", program)).stdout)

    def _run(
        self, command: Iterable[str], *, given: str = "", check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            list(command),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            cwd=self.folder,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stderr
        return done


def write_objects(spec: Mapping[str, Any]) -> None:
    """Put the objects on the token, in the process of `Tokens.add`."""
    import pkcs11
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.rsa import decode_rsa_private_key

    own = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.MODIFIABLE: False}
    token = pkcs11.lib(str(driver())).get_token(token_label=spec["label"])
    with token.open(rw=True, user_pin=spec["pin"]) as session:
        for item in spec["items"]:
            if item["certificate"] is not None:
                session.create_object(
                    own
                    | {
                        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                        pkcs11.Attribute.VALUE: base64.b64decode(item["certificate"]),
                        pkcs11.Attribute.SUBJECT: b"0\0",
                        pkcs11.Attribute.PRIVATE: False,
                        pkcs11.Attribute.ID: bytes.fromhex(item["id"]),
                        pkcs11.Attribute.LABEL: item["label"],
                    }
                )
            if item["key"] is None:
                continue
            key = serialization.load_pem_private_key(item["key"].encode(), None)
            der = key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
            is_rsa = isinstance(key, rsa.RSAPrivateKey)
            read = decode_rsa_private_key if is_rsa else decode_ec_private_key
            session.create_object(
                read(der)
                | own
                | {
                    pkcs11.Attribute.ID: bytes.fromhex(item["key_id"]),
                    pkcs11.Attribute.LABEL: item["label"],
                    pkcs11.Attribute.PRIVATE: True,
                    pkcs11.Attribute.SENSITIVE: True,
                    pkcs11.Attribute.SIGN: True,
                    pkcs11.Attribute.ALWAYS_AUTHENTICATE: item["always_authenticate"],
                }
            )


if __name__ == "__main__":
    write_objects(json.load(sys.stdin))
