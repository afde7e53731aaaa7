// A beginning of a verifier, without dependencies: structure, digests and values; passes the areas `format` and
// `reference` of the conformance suite. NOT judged: certificates and trust, revocation, time, persons, order, content.
import { createHash, createPublicKey, verify as holds, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { canonical, decoded, elements, parse, Unreadable } from "./xml.mjs";

const HOCBA = "urn:hocba:1";
const DS = "http://www.w3.org/2000/09/xmldsig#";
const XADES = "http://uri.etsi.org/01903/v1.3.2#";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const CANONICAL = {
  [EXCLUSIVE]: { exclusive: true },
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": {},
  "http://www.w3.org/2006/12/xml-c14n11": { version11: true },
  [`${EXCLUSIVE}WithComments`]: { exclusive: true, comments: true },
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": { comments: true },
  "http://www.w3.org/2006/12/xml-c14n11#WithComments": { version11: true, comments: true },
};
const DIGESTS = {
  "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
  "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
};
const METHODS = Object.fromEntries(
  ["rsa", "ecdsa"].flatMap((kind) => [256, 384, 512].map((bits) => [`http://www.w3.org/2001/04/xmldsig-more#${kind}-sha${bits}`, `sha${bits}`])),
);
const ROLES = ["GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"];

class Unknown extends Error {}
class Wrong extends Error {}

const children = (element, uri, local) => element.children.filter((child) => child.uri === uri && child.local === local);
const only = (element, uri, local) => {
  const found = children(element, uri, local);
  if (found.length !== 1) throw new Wrong(local);
  return found[0];
};
const all = (element, uri, local) => [...elements(element)].filter((one) => one.uri === uri && one.local === local);
const value = (element, name) => element.attributes.find((one) => one.name === name)?.value;
const content = (element) => element.children.map((child) => child.text ?? "").join("");
const base64 = (element) => Buffer.from(content(element), "base64");
const known = (table, element) => {
  const found = table[value(element, "Algorithm")];
  if (found === undefined) throw new Unknown(value(element, "Algorithm"));
  return found;
};
const form = (element) => {
  const listed = children(element, EXCLUSIVE, "InclusiveNamespaces")[0];
  const prefixes = listed ? value(listed, "PrefixList").split(/\s+/).filter(Boolean).map((one) => (one === "#default" ? "" : one)) : [];
  return { ...known(CANONICAL, element), prefixes };
};

function checkReference(reference, ids) {
  const uri = value(reference, "URI") ?? "";
  const target = uri.startsWith("#") && ids.get(uri.slice(1));
  if (!uri.startsWith("#")) throw new Wrong("URI");
  if (!target) throw new Unknown(uri);
  const transforms = children(reference, DS, "Transforms").flatMap((one) => children(one, DS, "Transform"));
  if (transforms.length > 1) throw new Wrong("transforms");
  // Without a transform a node set becomes octets by Canonical XML 1.0; what #id names is without comments.
  const chosen = { ...(transforms.length ? form(transforms[0]) : {}), comments: false };
  const digest = createHash(known(DIGESTS, only(reference, DS, "DigestMethod"))).update(canonical(target, chosen)).digest();
  if (!digest.equals(base64(only(reference, DS, "DigestValue")))) throw new Wrong(`digest of ${uri}`);
  return target;
}

function signingCertificate(signature) {
  const named = all(signature, XADES, "CertDigest")[0];
  if (!named) throw new Unknown("no signing certificate");
  const algorithm = known(DIGESTS, only(named, DS, "DigestMethod"));
  const wanted = base64(only(named, DS, "DigestValue"));
  const found = all(signature, DS, "X509Certificate").map(base64).find((der) => createHash(algorithm).update(der).digest().equals(wanted));
  if (!found) throw new Unknown("signing certificate not there");
  return createPublicKey(new X509Certificate(found).publicKey.export({ type: "spki", format: "pem" }));
}

function checkSignature(signature, ids) {
  const info = only(signature, DS, "SignedInfo");
  const covered = children(info, DS, "Reference").map((reference) => checkReference(reference, ids));
  const properties = all(signature, XADES, "SignedProperties");
  if (properties.length !== 1 || covered.filter((one) => one === properties[0]).length !== 1) throw new Wrong("properties");
  const octets = canonical(info, form(only(info, DS, "CanonicalizationMethod")));
  const key = signingCertificate(signature);
  const given = { key, dsaEncoding: "ieee-p1363" };
  const hash = known(METHODS, only(info, DS, "SignatureMethod"));
  if (!holds(hash, octets, given, base64(only(signature, DS, "SignatureValue")))) throw new Wrong("value");
}

function slotsOf(root) {
  const filled = new Map();
  const seen = new Set();
  for (const list of children(root, HOCBA, "DANH_SACH_CHU_KY"))
    for (const slot of list.children.filter((child) => child.name)) {
      const key = [slot.local, value(slot, "monHoc"), value(slot, "giaoVien")].join("/");
      const inside = slot.children.filter((child) => child.name);
      if (!ROLES.includes(slot.local) || seen.has(key)) throw new Wrong("slot");
      if (inside.length > 1 || inside.some((child) => child.uri !== DS || child.local !== "Signature")) throw new Wrong("slot content");
      if (slot.children.some((child) => child.text?.trim())) throw new Wrong("slot content");
      seen.add(key);
      if (inside.length) filled.set(key, inside[0]);
    }
  return { filled, count: seen.size };
}

function identified(root) {
  const ids = new Map();
  for (const element of elements(root))
    for (const one of element.attributes)
      if (one.local.toLowerCase() === "id") {
        if (ids.has(one.value)) throw new Wrong("Id twice");
        ids.set(one.value, element);
      }
  return ids;
}

function verdictOf(octets) {
  const isOurs = /HOC_BA/.test(octets.toString("latin1").replaceAll("\0", ""));
  if (octets.subarray(0, 4).toString("latin1") === "%PDF") return "INVALID";
  let root;
  try {
    root = parse(decoded(octets));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return isOurs ? "INVALID" : "NOTHING_TO_VERIFY";
  }
  if (root.local !== "HOC_BA") return isOurs ? "INVALID" : "NOTHING_TO_VERIFY";
  if (/^urn:hocba:[0-9]+$/.test(root.uri) && root.uri !== HOCBA) return "INDETERMINATE";
  if (root.uri !== HOCBA) return "INVALID";
  const ids = identified(root);
  const { filled, count } = slotsOf(root);
  const present = all(root, DS, "Signature");
  if (!present.length) return "NOTHING_TO_VERIFY";
  if (present.length !== filled.size) return "INVALID";
  let isUnproven = filled.size < count;
  for (const signature of filled.values())
    try {
      checkSignature(signature, ids);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      isUnproven = true;
    }
  return isUnproven ? "INDETERMINATE" : "VALID";
}

const { command, inputs } = JSON.parse(readFileSync(0, "utf8"));
let answer;
if (command !== "verify") answer = { unsupported: `command ${command}` };
else
  try {
    answer = { verdict: verdictOf(readFileSync(inputs.document)) };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    answer = { verdict: "INVALID" };
  }
process.stdout.write(JSON.stringify(answer) + "\n");
