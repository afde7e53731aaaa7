"""Configurations, keys and orders that the tests of remote signing start from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hocba_sign.adapters.remote.hash_order import OrderItem
from hocba_sign.crypto.algorithms import ECDSA_SHA256, RSA_SHA256, SignatureAlgorithm
from hocba_sign.crypto.verify import load_public_key, verify_value
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import Identity, World

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
WORLD = World(AT)
RSA = WORLD.person("Nguyễn Thị Thử", "001190000001", key="rsa2048")
EC = WORLD.person("Trần Văn Nghiệm", "001190000002", key="ec")
SEAL = WORLD.organisation("Trường THCS Thử Nghiệm", government=False, mst="0100000001")
QUICK = timedelta(seconds=2)
HASTY = timedelta(milliseconds=5)


def items(count: int, algorithm: SignatureAlgorithm = RSA_SHA256) -> tuple[OrderItem, ...]:
    return tuple(
        OrderItem(id=f"doc-{number:02}", octets=b"TEST %d" % number, algorithm=algorithm)
        for number in range(count)
    )


def algorithm_of(identity: Identity) -> SignatureAlgorithm:
    return ECDSA_SHA256 if identity is EC else RSA_SHA256


def is_right(identity: Identity, item: OrderItem, value: bytes | None) -> bool:
    key = load_public_key(Certificate.load(identity.certificate_der).public_key_der)
    return value is not None and verify_value(
        key, item.octets, signature=value, algorithm=item.algorithm
    )


def configuration(
    folder: Path,
    service: str,
    url: str,
    entries: Mapping[str, str | int | bool] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Path:
    """Write a configuration; each secret goes into a file of its own."""
    lines = [f'service = "{service}"', f'url = "{url}"']
    for name, value in (entries or {}).items():
        shown = str(value).lower() if isinstance(value, bool) else value
        lines.append(f"{name} = {shown}" if not isinstance(value, str) else f'{name} = "{value}"')
    lines.append("[secrets]")
    for name, value in (secrets or {}).items():
        (folder / f"{name}.secret").write_text(f"{value}\n", "utf-8")
        lines.append(f'{name} = {{ file = "{name}.secret" }}')
    path = folder / "service.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
