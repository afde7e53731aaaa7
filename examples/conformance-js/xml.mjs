// A strict reader of XML 1.0 with namespaces, without document type declarations, and canonical octets of an element.

export class Unreadable extends Error {}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const NAME = /[A-Za-z_À-￿][\w.À-￿-]*(?::[A-Za-z_À-￿][\w.À-￿-]*)?/y;
const XML = "http://www.w3.org/XML/1998/namespace";
const LIMITS = { depth: 100, attributes: 100, namespaces: 100 };

/** Return the text of a document in UTF-8, or in UTF-16 with its mark. */
export function decoded(octets) {
  const mark = octets.subarray(0, 2).toString("hex");
  const encoding = mark === "fffe" ? "utf-16le" : mark === "feff" ? "utf-16be" : "utf-8";
  let text;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(octets);
  } catch {
    throw new Unreadable("encoding");
  }
  const declaration = /^<\?xml\s+version\s*=\s*["']([^"']*)["'](?:\s+encoding\s*=\s*["']([^"']*)["'])?/.exec(text);
  if (declaration && declaration[1] !== "1.0") throw new Unreadable("version");
  const named = declaration?.[2]?.toLowerCase().replace("-", "");
  const fitting = encoding === "utf-8" ? ["utf8"] : ["utf16", `utf16${encoding.slice(-2)}`];
  if (named !== undefined && !fitting.includes(named)) throw new Unreadable("declaration");
  return text;
}

/** Return the root; elements are {name, prefix, local, uri, attributes, declared, scope, children, parent}. */
export function parse(text) {
  const source = text.replace(/\r\n?/g, "\n");
  let at = 0;
  let root = null;
  let open = null;
  let depth = 0;
  const fail = (why) => {
    throw new Unreadable(`${why} at ${at}`);
  };
  const upTo = (end) => {
    const found = source.indexOf(end, at);
    if (found < 0) fail("end missing");
    const inner = source.slice(at, found);
    at = found + end.length;
    return inner;
  };
  const name = () => {
    NAME.lastIndex = at;
    const found = NAME.exec(source);
    if (!found) fail("name");
    at += found[0].length;
    return found[0];
  };
  const blanks = () => {
    const from = at;
    while (/[ \t\n]/.test(source[at] ?? "")) at++;
    return at > from;
  };
  const characters = (raw) => {
    if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(raw)) fail("character");
    return raw.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|\w+);|&/g, (_, inner) => {
      if (inner?.startsWith("#x")) return String.fromCodePoint(parseInt(inner.slice(2), 16));
      if (inner?.startsWith("#")) return String.fromCodePoint(parseInt(inner.slice(1), 10));
      return ENTITIES[inner] ?? fail("entity");
    });
  };
  const add = (node) => (open ? open.children.push(node) : null);

  while (at < source.length) {
    if (source.startsWith("<!--", at)) {
      at += 4;
      const comment = upTo("-->");
      if (comment.includes("--")) fail("comment");
      add({ comment });
    } else if (source.startsWith("<![CDATA[", at)) {
      at += 9;
      if (!open) fail("text outside");
      add({ text: upTo("]]>") });
    } else if (source.startsWith("<?", at)) {
      at += 2;
      const [, target, data] = /^(\S+)\s*([^]*)$/.exec(upTo("?>")) ?? fail("instruction");
      if (target.toLowerCase() !== "xml") add({ target, data });
    } else if (source.startsWith("<!", at)) {
      fail("document type");
    } else if (source.startsWith("</", at)) {
      at += 2;
      if (!open || name() !== open.name) fail("end tag");
      blanks();
      if (source[at++] !== ">") fail("end tag");
      open = open.parent;
      depth--;
    } else if (source[at] === "<") {
      at++;
      if (!open && root) fail("second root");
      const element = startTag();
      if (open) open.children.push(element);
      else root = element;
      if (source.startsWith("/>", at)) at += 2;
      else {
        if (source[at++] !== ">") fail("start tag");
        open = element;
        if (++depth > LIMITS.depth) fail("depth");
      }
    } else {
      const from = at;
      at = source.indexOf("<", at);
      if (at < 0) at = source.length;
      const raw = source.slice(from, at);
      if (!open && raw.trim()) fail("text outside");
      if (raw.includes("]]>")) fail("text");
      add({ text: characters(raw) });
    }
  }
  if (!root || open) fail("not closed");
  return root;

  function startTag() {
    const element = { name: name(), attributes: [], declared: new Map(), children: [], parent: open };
    while (blanks() && !/[/>]/.test(source[at])) {
      const attribute = name();
      blanks();
      if (source[at++] !== "=") fail("attribute");
      blanks();
      const quote = source[at++];
      if (quote !== '"' && quote !== "'") fail("attribute");
      const raw = upTo(quote);
      if (raw.includes("<")) fail("attribute");
      const value = characters(raw.replace(/[\t\n]/g, " "));
      if (attribute === "xmlns" || attribute.startsWith("xmlns:")) {
        const prefix = attribute.slice(6);
        if (element.declared.has(prefix) || (prefix && !value)) fail("namespace");
        element.declared.set(prefix, value);
      } else element.attributes.push({ name: attribute, value });
    }
    if (element.attributes.length > LIMITS.attributes || element.declared.size > LIMITS.namespaces) fail("crowded");
    element.scope = new Map([...(open?.scope ?? [["xml", XML]]), ...element.declared]);
    for (const named of [element, ...element.attributes]) {
      const colon = named.name.indexOf(":");
      named.prefix = colon < 0 ? "" : named.name.slice(0, colon);
      named.local = named.name.slice(colon + 1);
      named.uri = named.prefix || named === element ? element.scope.get(named.prefix) ?? "" : "";
      if (named.prefix && !named.uri) fail("prefix");
    }
    const expanded = element.attributes.map((one) => `${one.uri} ${one.local}`);
    if (new Set(expanded).size < expanded.length) fail("attribute twice");
    return element;
  }
}

export function* elements(element) {
  yield element;
  for (const child of element.children) if (child.name) yield* elements(child);
}

const escapedText = (text) =>
  text.replace(/[&<>\r]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;" })[c]);
const escapedValue = (text) =>
  text.replace(/[&<"\t\n\r]/g, (c) => ({ "&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;" })[c]);
const byCodePoint = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Return the canonical octets of an element; `prefixes` is the PrefixList of the exclusive form. */
export function canonical(apex, { exclusive, comments, version11, prefixes = [] }) {
  const written = [];
  write(apex, new Map());
  return Buffer.from(written.join(""), "utf8");

  function write(element, rendered) {
    const used = exclusive
      ? new Set([element.prefix, ...element.attributes.map((one) => one.prefix).filter(Boolean), ...prefixes.filter((p) => element.scope.has(p))])
      : new Set(element.scope.keys());
    used.delete("xml");
    const now = new Map(rendered);
    const declarations = [];
    for (const prefix of [...used].sort(byCodePoint)) {
      const uri = element.scope.get(prefix) ?? "";
      if ((rendered.get(prefix) ?? "") === uri) continue;
      now.set(prefix, uri);
      declarations.push(` xmlns${prefix && ":" + prefix}="${escapedValue(uri)}"`);
    }
    const attributes = element === apex && !exclusive ? [...inherited(), ...element.attributes] : [...element.attributes];
    attributes.sort((a, b) => byCodePoint(a.uri, b.uri) || byCodePoint(a.local, b.local));
    written.push("<", element.name, ...declarations, ...attributes.map((one) => ` ${one.name}="${escapedValue(one.value)}"`), ">");
    for (const child of element.children) {
      if (child.name) write(child, now);
      else if (child.text !== undefined) written.push(escapedText(child.text));
      else if (child.target) written.push(`<?${child.target}${child.data && " " + child.data}?>`);
      else if (comments) written.push(`<!--${child.comment}-->`);
    }
    written.push("</", element.name, ">");
  }

  function inherited() {
    const found = new Map();
    for (let element = apex.parent; element; element = element.parent)
      for (const one of element.attributes)
        if (one.uri === XML && !found.has(one.local) && !(version11 && one.local === "id")) found.set(one.local, one);
    for (const one of apex.attributes) if (one.uri === XML) found.delete(one.local);
    return found.values();
  }
}
