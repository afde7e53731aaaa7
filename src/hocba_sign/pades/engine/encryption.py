"""A file that asks nobody for a password though it is encrypted: with one for its owner only, every
viewer opens it.

Objects are decrypted as a whole when they are read, so that nothing behind sees that they were
encrypted.
Spec: ISO 32000-2, 7.6.
"""

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus, SecurityHandler, StandardSecurityHandler

from hocba_sign.errors import InputError

_NO_PASSWORD: Final = b""


class Cipher:
    """What decrypts the objects of one file."""

    def __init__(self, dictionary: Any, *, file_identifier: bytes) -> None:
        """Open with the empty password.

        Raises: InputError `PDF.ENCRYPTED` where another one is asked for, or the kind of encryption
        is not known.
        """
        try:
            handler = SecurityHandler.build(dictionary)
            is_readable = (
                isinstance(handler, StandardSecurityHandler)
                and handler.authenticate(_NO_PASSWORD, id1=file_identifier).status
                is not AuthStatus.FAILED
            )
        except Exception as error:
            raise InputError("PDF.ENCRYPTED", detail=type(error).__name__) from error
        if not is_readable:
            raise InputError("PDF.ENCRYPTED")
        self._handler = handler
        self._has_plain_metadata = not handler.encrypt_metadata

    def decrypted(self, value: Any) -> Any:
        """Return an object as it was before it was encrypted; values of signatures and
        cross-references never are.
        """
        if isinstance(value, generic.StreamObject) and self._is_plain(value):
            return value
        return self._whole(generic.proxy_encrypted_obj(value, self._handler))

    def _is_plain(self, stream: Any) -> bool:
        kind = stream.get("/Type")
        return kind == "/XRef" or (kind == "/Metadata" and self._has_plain_metadata)

    def _whole(self, proxy: Any) -> Any:
        if not isinstance(proxy, generic.DecryptedObjectProxy):
            return proxy
        raw: Any = proxy.raw_object
        made: Any = proxy.decrypted
        if isinstance(made, generic.ArrayObject):
            made = generic.ArrayObject(self._whole(item) for item in list.__iter__(made))
        elif isinstance(made, generic.StreamObject):
            made = generic.StreamObject(self._entries(raw, made), encoded_data=made.encoded_data)
        elif isinstance(made, generic.DictionaryObject):
            made = generic.DictionaryObject(self._entries(raw, made))
        made.container_ref = raw.container_ref
        return made

    def _entries(self, raw: Any, found: Any) -> dict[Any, Any]:
        return {key: self._value(raw, key, value) for key, value in dict.items(found)}

    def _value(self, holder: Any, key: str, proxy: Any) -> Any:
        """Leave the value of a signature alone (7.6.2)."""
        is_signature = key == "/Contents" and "/ByteRange" in holder
        return (
            proxy.raw_object
            if is_signature and isinstance(proxy, generic.DecryptedObjectProxy)
            else self._whole(proxy)
        )
