"""New signature fields take their places in the structure of a tagged PDF, so that readers for
blind people come to them.

Spec: ISO 14289-1, 7.18.4; ISO 32000-2, 14.7.5.
"""

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import BasePdfFileWriter

_NAME: Final = generic.NameObject


def tag_field(writer: BasePdfFileWriter, reference: Any) -> None:
    """Append a Form element for the field whose widget is `reference`, at the end of the document.

    A file without tags, or whose tags have another shape than one element with a flat parent tree,
    stays as it is.
    """
    if "/StructTreeRoot" not in writer.root:
        return
    root = writer.root["/StructTreeRoot"]
    if "/ParentTree" not in root or "/Nums" not in root["/ParentTree"]:
        return
    top = root["/K"][0] if isinstance(root["/K"], generic.ArrayObject) else root["/K"]
    if (
        not isinstance(top, generic.DictionaryObject)
        or top.container_ref is None
        or not isinstance(top["/K"], generic.ArrayObject)
    ):
        return
    widget, numbers = reference.get_object(), root["/ParentTree"]["/Nums"]
    key = (
        int(root["/ParentTreeNextKey"])
        if "/ParentTreeNextKey" in root
        else 1 + max(map(int, numbers[::2]), default=-1)
    )
    page = widget.raw_get("/P")
    element = writer.add_object(
        generic.DictionaryObject(
            {
                _NAME("/Type"): _NAME("/StructElem"),
                _NAME("/S"): _NAME("/Form"),
                _NAME("/P"): _indirect(writer, top),
                _NAME("/Pg"): page,
                _NAME("/Alt"): widget["/TU"],
                _NAME("/K"): generic.DictionaryObject(
                    {_NAME("/Type"): _NAME("/OBJR"), _NAME("/Obj"): reference, _NAME("/Pg"): page}
                ),
            }
        )
    )
    widget[_NAME("/StructParent")] = generic.NumberObject(key)
    numbers += [generic.NumberObject(key), element]
    top["/K"].append(element)
    root[_NAME("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    for changed in (root, numbers, top, top["/K"]):
        writer.update_container(changed)


def _indirect(writer: BasePdfFileWriter, held: Any) -> Any:
    return generic.IndirectObject(held.container_ref.idnum, held.container_ref.generation, writer)
