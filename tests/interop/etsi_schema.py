"""ETSI's schema of validation reports, from the jars that EU DSS brings; it is not ours to copy."""

import zipfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from tests.interop.dss_oracle import TARGET

_MAIN: Final = ("specs-validation-report", "TS119102-2-v141.xsd")
_IMPORTED: Final = {
    "xmldsig-core-schema.xsd": ("specs-xmldsig", "xmldsig-core-schema.xsd"),
    "XAdES.xsd": ("specs-xades", "XAdES01903v132-202407.xsd"),
    "ts_119612v020201_201601xsd.xsd": ("specs-trusted-list", "ts_119612v020401_xsd.xsd"),
    "xml.xsd": ("specs-xmldsig", "xml.xsd"),
}
"""What its imports name, and the file that has it: the addresses are not asked."""


class _Jars(etree.Resolver):
    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        jar, name = _IMPORTED[str(system_url).rpartition("/")[2]]
        return self.resolve_string(_read(jar, name), context, base_url=system_url)


def _read(jar: str, name: str) -> bytes:
    path = next(TARGET.glob(f"lib/{jar}-[0-9]*.jar"))
    with zipfile.ZipFile(path) as archive:
        member = next(one for one in archive.namelist() if Path(one).name == name)
        return archive.read(member)


@cache
def etsi_schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Jars())
    return etree.XMLSchema(etree.fromstring(_read(*_MAIN), parser, base_url="memory:/main.xsd"))
