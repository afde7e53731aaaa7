"""Canonical XML: the octets that a digest or a signature value is computed over.

Spec: Canonical XML 1.0, Canonical XML 1.1, Exclusive XML Canonicalization 1.0, each with and
without comments.
"""

import re
from collections.abc import Collection
from dataclasses import field
from typing import Any, Final

from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.c14n_algorithm import C14nAlgorithm
from hocba_sign.xml.c14n_fast import by_libxml2
from hocba_sign.xml.c14n_text import (
    BASE,
    SIMPLY_INHERITED,
    XML_NAMESPACE,
    XML_PREFIX,
    attribute,
    attribute_order,
    escaped,
    items,
    merged,
    name_at,
    prefixes,
    scope_of,
    tag_of,
)
from hocba_sign.xml.node_set import WHOLE, Document, NodeKind, Subtrees, Visible
from hocba_sign.xml.tree import Element, locate
from hocba_sign.xml.uri import join_base

__all__ = ["C14nAlgorithm", "canonicalize"]

MAX_BASE: Final = 8_192
"""Characters of xml:base values joined at one element; longer ones are no addresses and only cost
time.
"""
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def canonicalize(
    target: Element | Document,
    algorithm: C14nAlgorithm,
    *,
    inclusive_prefixes: Collection[str] = (),
    subtrees: Subtrees = WHOLE,
    is_visible: Visible | None = None,
) -> bytes:
    """Return the canonical form of a document, or of the sub-tree at an element within its
    document.

    Only a document brings the comments and instructions outside its root element.
    `inclusive_prefixes` is the PrefixList of the exclusive algorithms, `#default` for the default
    namespace. `subtrees` leaves some out, as the enveloped-signature transform does; `is_visible`
    selects any other node-set.
    Raises: InputError XML.RELATIVE_NAMESPACE, XML.TEXT_TOO_LONG where xml:base values add up to
    more than `MAX_BASE`.
    """
    if is_visible is None and subtrees.only_hides:
        octets = by_libxml2(
            target, algorithm, prefixes=inclusive_prefixes, hidden=tuple(subtrees.switches)
        )
        if octets is not None:
            return octets
    listed = frozenset("" if prefix == "#default" else prefix for prefix in inclusive_prefixes)
    writer = _CanonicalWriter(
        algorithm=algorithm, listed=listed, subtrees=subtrees, is_visible=is_visible
    )
    return writer.write(target)


@dataclass(slots=True)
class _Frame:
    """What holds within one open element.

    `scope` are the namespaces in scope, by prefix; `axis` those of the nearest element written, as
    far as they are in the node-set; `rendered` those written by the elements around. Frames share
    dictionaries that are equal.
    """

    scope: dict[str, str]
    axis: dict[str, str]
    rendered: dict[str, str]
    is_shown: bool
    tag: str = ""


@dataclass(slots=True, kw_only=True)
class _CanonicalWriter:
    algorithm: C14nAlgorithm
    listed: frozenset[str] = frozenset()
    subtrees: Subtrees = WHOLE
    is_visible: Visible | None = None
    inherited: dict[Element, dict[str, str]] = field(default_factory=dict)
    out: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    bound_in: dict[str, str] | None = None
    bound: dict[str, str] = field(default_factory=dict)

    def write(self, target: Element | Document) -> bytes:
        if isinstance(target, Document):
            root = target.getroot()
            # Canonical XML 1.0, 2.3: a line feed parts the children of a document, none ends it.
            for node in reversed(list(root.itersiblings(preceding=True))):
                self._outside(node, "{}\n")
            self._subtree(root)
            self.frames = []
            for node in root.itersiblings():
                self._outside(node, "\n{}")
        else:
            self._subtree(target)
        return "".join(self.out).encode()

    def _outside(self, node: Element, line: str) -> None:
        text = self._comment_or_instruction(node)
        if text:
            self.out.append(line.format(text))

    def _subtree(self, apex: Element) -> None:
        parent = apex.getparent()
        outer = {} if parent is None else scope_of(parent)
        self.frames = [_Frame(outer, {}, {}, parent is None)]
        declared: dict[str, str] = {}
        walk: Any = etree.iterwalk(apex, events=("start", "end", "start-ns", "comment", "pi"))
        for event, node in walk:
            if event == "start-ns":
                declared[node[0]] = node[1]
            elif event == "start":
                if self._skips(node):
                    walk.skip_subtree()
                else:
                    self._start(node, declared)
                declared = {}
            else:
                if event != "end":
                    self.out.append(self._comment_or_instruction(node))
                elif not self._skips(node):
                    self._end()
                if node is not apex:
                    self._text(NodeKind.TAIL, node, node.tail)

    def _skips(self, element: Element) -> bool:
        return self.subtrees.only_hides and element in self.subtrees.switches

    def _has(self, element: Element) -> bool:
        """Return whether an element that is just met belongs to the node-set."""
        if self.is_visible is not None:
            return self.is_visible(NodeKind.ELEMENT, element, "")
        outside = self.subtrees.is_shown if len(self.frames) == 1 else self.frames[-1].is_shown
        return self.subtrees.switches.get(element, outside)

    def _start(self, element: Element, declared: dict[str, str]) -> None:
        outer = self.frames[-1]
        is_shown = self._has(element)
        scope = merged(outer.scope, declared) if declared else outer.scope
        frame = _Frame(scope, outer.axis, outer.rendered, is_shown, tag_of(element))
        # In sub-trees attributes and namespaces go with their element; in any other node-set they
        # may stand without it.
        if not is_shown and self.is_visible is None:
            self.frames.append(frame)
            return
        qualified = self._attributes(element, scope)
        # Below an element that was not written, what its ancestors declared is not written yet.
        is_all_new = self.is_visible is not None or len(self.frames) == 1 or not outer.is_shown
        candidates = {"", *scope} if is_all_new else set(declared)
        if self.algorithm.is_exclusive:
            namespaces = self._exclusive(element, qualified, frame, listed=candidates & self.listed)
        else:
            namespaces = self._inclusive(element, frame, candidates)
        if is_shown and not outer.is_shown and not self.algorithm.is_exclusive:
            qualified = self._inherited(element, qualified)
        self.frames.append(frame)
        out = self.out
        if is_shown:
            out.append(f"<{frame.tag}")
        for prefix, uri in sorted(namespaces):
            # Canonical XML demands a failure here: relative names have no agreed meaning.
            if uri and not _ABSOLUTE.match(uri):
                raise InputError("XML.RELATIVE_NAMESPACE", where=locate(element))
            out.append(
                f' xmlns:{prefix}="{attribute(uri)}"' if prefix else f' xmlns="{attribute(uri)}"'
            )
        for _, name, value in (
            sorted(qualified, key=attribute_order) if len(qualified) > 1 else qualified
        ):
            out.append(f' {name}="{attribute(value)}"')
        if is_shown:
            out.append(">")
        self._text(NodeKind.TEXT, element, element.text)

    def _end(self) -> None:
        frame = self.frames.pop()
        if frame.is_shown:
            self.out.append(f"</{frame.tag}>")

    def _attributes(self, element: Element, scope: dict[str, str]) -> list[tuple[str, str, str]]:
        """Return the attributes in the node-set: Clark notation, the name as written, the value."""
        found = []
        for position, (name, value) in enumerate(items(element), 1):
            if self._shows_attribute(element, name):
                written = (
                    self._written(element, name, scope, position=position)
                    if name.startswith("{")
                    else name
                )
                found.append((name, written, value))
        return found

    def _written(self, element: Element, name: str, scope: dict[str, str], *, position: int) -> str:
        """Return the name of an attribute as written; where two prefixes stand for its namespace
        the tree is asked.
        """
        uri, _, local = name[1:].partition("}")
        if uri == XML_NAMESPACE:
            return f"xml:{local}"
        if scope is not self.bound_in:
            self.bound_in, self.bound = scope, prefixes(scope)
        prefix = self.bound.get(uri)
        return f"{prefix}:{local}" if prefix else name_at(position)(element)

    def _shows(self, kind: NodeKind, element: Element, name: str) -> bool:
        """Return whether a node other than an element belongs to the node-set: in sub-trees,
        whether its parent does.
        """
        if self.is_visible is not None:
            return self.is_visible(kind, element, name)
        return self.frames[-1].is_shown if self.frames else self.subtrees.is_shown

    def _shows_attribute(self, element: Element, name: str) -> bool:
        """Return whether an attribute is in the node-set; as libxml2 does, 1.1 keeps the
        inheritable ones of an element that is.
        """
        if self.is_visible is None or self.is_visible(NodeKind.ATTRIBUTE, element, name):
            return True
        is_kept = self.algorithm.is_version_11 and (name == BASE or name in SIMPLY_INHERITED)
        return is_kept and self.is_visible(NodeKind.ELEMENT, element, "")

    def _text(self, kind: NodeKind, element: Element, text: str | None) -> None:
        if text and self._shows(kind, element, ""):
            self.out.append(escaped(text))

    def _comment_or_instruction(self, node: Any) -> str:
        text = (node.text or "").replace("\r", "&#xD;")
        if node.tag is etree.Comment:
            is_shown = self.algorithm.has_comments and self._shows(NodeKind.COMMENT, node, "")
            return f"<!--{text}-->" if is_shown else ""
        if not self._shows(NodeKind.INSTRUCTION, node, ""):
            return ""
        return f"<?{node.target} {text}?>" if text else f"<?{node.target}?>"

    def _inclusive(
        self, element: Element, frame: _Frame, candidates: set[str]
    ) -> list[tuple[str, str]]:
        """Return the namespaces to write, of those that may be new here: what differs from the
        nearest element written.
        """
        outer = frame.axis
        axis = self._axis(element, frame.scope)
        if axis is outer:
            return []
        found = [
            (prefix, axis[prefix])
            for prefix in candidates
            if prefix in axis and outer.get(prefix) != axis[prefix]
        ]
        if frame.is_shown:
            # Canonical XML 1.0, 2.3: xmlns="" only undoes a default namespace that was written.
            if "" in candidates and "" in outer and "" not in axis:
                found.append(("", ""))
            frame.axis = axis
        return found

    def _axis(self, element: Element, scope: dict[str, str]) -> dict[str, str]:
        if self.is_visible is None:
            return scope
        return {
            prefix: uri
            for prefix, uri in scope.items()
            if self.is_visible(NodeKind.NAMESPACE, element, prefix)
        }

    def _exclusive(
        self,
        element: Element,
        attributes: list[tuple[str, str, str]],
        frame: _Frame,
        *,
        listed: set[str],
    ) -> list[tuple[str, str]]:
        """Return the namespaces to write: those used here and not yet written, and the listed ones
        as inclusively.
        """
        found = self._inclusive(element, frame, listed) if self.listed else []
        if frame.is_shown:
            used = {
                element.prefix or "",
                *(name.partition(":")[0] for _, name, _ in attributes if ":" in name),
            }
            for prefix in used - self.listed:
                uri = frame.scope.get(prefix, "")
                if (
                    prefix != "xml"
                    and frame.rendered.get(prefix, "") != uri
                    and (
                        not uri
                        or self.is_visible is None
                        or self.is_visible(NodeKind.NAMESPACE, element, prefix)
                    )
                ):
                    found.append((prefix, uri))
        if found:
            frame.rendered = {**frame.rendered, **dict(found)}
        return found

    def _inherited(
        self, element: Element, attributes: list[tuple[str, str, str]]
    ) -> list[tuple[str, str, str]]:
        """Add the attributes of the xml namespace that an element inherits from ancestors left out.

        Spec: Canonical XML 1.0, 2.4; Canonical XML 1.1, 2.4 (xml:id stays, xml:base is joined).
        """
        parent = element.getparent()
        own = set(element.keys())
        found = (
            {}
            if parent is None
            else {name: value for name, value in self._above(parent).items() if name not in own}
        )
        if self.algorithm.is_version_11:
            found = {name: value for name, value in found.items() if name in SIMPLY_INHERITED}
            base = self._joined_base(element)
            if base is not None:
                attributes = [attribute for attribute in attributes if attribute[0] != BASE]
                found |= {BASE: base} if base else {}
        return attributes + [
            (name, f"xml:{name.removeprefix(XML_PREFIX)}", value) for name, value in found.items()
        ]

    def _above(self, element: Element) -> dict[str, str]:
        """Return the attributes of the xml namespace that hold at an element."""
        known: dict[str, str] = {}
        missing: list[Element] = []
        for step in (element, *element.iterancestors()):
            if step in self.inherited:
                known = self.inherited[step]
                break
            missing.append(step)
        for step in reversed(missing):
            own = {name: value for name, value in items(step) if name.startswith(XML_PREFIX)}
            known = self.inherited[step] = {**known, **own} if own else known
        return known

    def _joined_base(self, element: Element) -> str | None:
        """Return the xml:base that stands for those of the ancestors left out; None where there is
        none.
        """
        joined = element.get(BASE)
        is_changed, size = False, 0
        frames = reversed(self.frames)
        for ancestor in element.iterancestors():
            frame = next(frames, None)
            if frame is not None and frame.is_shown:
                break
            base = ancestor.get(BASE)
            if base is not None:
                size += len(base)
                if size > MAX_BASE:
                    raise InputError(
                        "XML.TEXT_TOO_LONG",
                        where=locate(ancestor),
                        detail=f"xml:base: the limit is {MAX_BASE}",
                    )
                joined = base if joined is None else join_base(base, joined)
                is_changed = True
        return joined if is_changed else None
