// Signs and verifies with xadesjs: one job per line of standard input, JSON, one line of answer each: the XML, a list of verdicts, or {"error": …}.
//
//   {"do": "sign", "document": XML, "key": PKCS#8 base64, "certificates": [DER base64, ...], "algorithm": {...}, "options": OptionsXAdES}
//       "algorithm" is WebCrypto's for importKey and sign; "at" is the signing time, RFC 3339, "v2" asks for SigningCertificateV2.
//       With "inside" the signature is put into the root element; "name" and "detached" (base64) are data outside the document.
//   {"do": "verify", "document": XML}                        every ds:Signature, in document order

import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';
import * as xmldom from '@xmldom/xmldom';
import xpath from 'xpath';
import * as xadesjs from 'xadesjs';
import * as xmldsigjs from 'xmldsigjs';

xadesjs.setNodeDependencies({
  XMLSerializer: xmldom.XMLSerializer,
  DOMParser: xmldom.DOMParser,
  DOMImplementation: xmldom.DOMImplementation,
  xpath,
});
xadesjs.Application.setEngine('node', webcrypto);

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const octets = (base64) => Uint8Array.from(Buffer.from(base64, 'base64'));
const text = (document) => new xmldom.XMLSerializer().serializeToString(document);
const signaturesOf = (document) => Array.from(document.getElementsByTagNameNS(DS, 'Signature'));

async function sign(job) {
  const key = await webcrypto.subtle.importKey('pkcs8', octets(job.key), job.algorithm, false, ['sign']);
  const signed = new xadesjs.SignedXml();
  const [certificate] = job.certificates;
  const options = { ...job.options, x509: job.certificates, signingTime: { value: new Date(job.at) } };
  options[job.v2 ? 'signingCertificateV2' : 'signingCertificate'] = certificate;
  if (job.detached !== undefined) {
    signed.contentHandler = async (reference) => (reference.Uri === job.name ? octets(job.detached) : null);
  }
  const document = xadesjs.Parse(job.document);
  await signed.Sign(job.algorithm, key, document, options);
  if (!job.inside) {
    return signed.GetXml().toString();
  }
  const whole = xadesjs.Parse(job.document);
  whole.documentElement.appendChild(whole.importNode(signed.GetXml(), true));
  return text(whole);
}

function valueOfAnother(document, own, uri) {
  const values = Array.from(document.getElementsByTagNameNS(DS, 'SignatureValue'));
  return values.find((value) => `#${value.getAttribute('Id')}` === uri && value.parentNode !== own) ?? null;
}

async function verify(job) {
  const document = xadesjs.Parse(job.document);
  const results = [];
  for (const element of signaturesOf(document)) {
    // xadesjs reads no properties of XAdES 1.4.1; what it is built on verifies value and digests all the same.
    const has141 = element.getElementsByTagNameNS('http://uri.etsi.org/01903/v1.4.1#', '*').length > 0;
    const signed = new (has141 ? xmldsigjs.SignedXml : xadesjs.SignedXml)(document);
    // It looks for no Id in other signatures: what lies there is the caller's to find.
    signed.contentHandler = async (reference) => valueOfAnother(document, element, reference.Uri);
    let answer;
    try {
      signed.LoadXml(element);
      answer = await signed.Verify();
    } catch (error) {
      answer = String(error.message);
    }
    results.push({ id: element.getAttribute('Id'), is_valid: answer === true, log: String(answer) });
  }
  return results;
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  let answer;
  try {
    answer = await { sign, verify }[job.do](job);
  } catch (error) {
    answer = { error: error.stack };
  }
  console.log(JSON.stringify(answer));
}
