"""The vocabulary of XMLDSig and XAdES: namespaces, element names in Clark notation, identifier
URIs.
"""

from functools import lru_cache

from hocba_sign.xml.namespaces import DS, XADES, XADES141

XMLDSIG_MORE = "http://www.w3.org/2007/05/xmldsig-more#"
XMLDSIG11 = "http://www.w3.org/2009/xmldsig11#"
XADES111 = "http://uri.etsi.org/01903/v1.1.1#"
XADES122 = "http://uri.etsi.org/01903/v1.2.2#"
XADES_VERSIONS = (XADES, XADES122, XADES111)
"""Namespaces of QualifyingProperties; 1.4.1 only adds properties to those of 1.3.2."""
TYPE_SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
TYPES_SIGNED_PROPERTIES = frozenset(
    {TYPE_SIGNED_PROPERTIES, f"{XADES122}SignedProperties", f"{XADES111}SignedProperties"}
)
TYPE_COUNTERSIGNED = "http://uri.etsi.org/01903#CountersignedSignature"
TYPE_OBJECT = "http://www.w3.org/2000/09/xmldsig#Object"
TYPE_MANIFEST = "http://www.w3.org/2000/09/xmldsig#Manifest"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
BASE64 = "http://www.w3.org/2000/09/xmldsig#base64"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XPATH_FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
TRANSFORMS_KNOWN = frozenset({ENVELOPED, BASE64, XPATH, XPATH_FILTER, XSLT})
"""Those of XML Signature beside canonicalization: the form of a transcript has none of them."""
COMMITMENT = "http://uri.etsi.org/01903/v1.2.2#"
"""Prefix of the commitment types ProofOfOrigin, ProofOfApproval, ProofOfCreation."""


@lru_cache(maxsize=1024)
def qualified(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def xades(name: str) -> str:
    return f"{{{XADES}}}{name}"


def xades141(name: str) -> str:
    return f"{{{XADES141}}}{name}"


SIGNATURE = ds("Signature")
SIGNED_INFO = ds("SignedInfo")
CANONICALIZATION_METHOD = ds("CanonicalizationMethod")
SIGNATURE_METHOD = ds("SignatureMethod")
REFERENCE = ds("Reference")
TRANSFORMS = ds("Transforms")
TRANSFORM = ds("Transform")
DIGEST_METHOD = ds("DigestMethod")
DIGEST_VALUE = ds("DigestValue")
SIGNATURE_VALUE = ds("SignatureValue")
KEY_INFO = ds("KeyInfo")
X509_DATA = ds("X509Data")
X509_CERTIFICATE = ds("X509Certificate")
KEY_VALUE = ds("KeyValue")
RSA_KEY_VALUE = ds("RSAKeyValue")
MODULUS = ds("Modulus")
EXPONENT = ds("Exponent")
EC_KEY_VALUE = f"{{{XMLDSIG11}}}ECKeyValue"
NAMED_CURVE = f"{{{XMLDSIG11}}}NamedCurve"
PUBLIC_KEY = f"{{{XMLDSIG11}}}PublicKey"
DER_KEY_VALUE = f"{{{XMLDSIG11}}}DEREncodedKeyValue"
X509_DIGEST = f"{{{XMLDSIG11}}}X509Digest"
RETRIEVAL_METHOD = ds("RetrievalMethod")
KEY_INFO_REFERENCE = f"{{{XMLDSIG11}}}KeyInfoReference"
X509_ISSUER_NAME = ds("X509IssuerName")
X509_SERIAL_NUMBER = ds("X509SerialNumber")
MANIFEST = ds("Manifest")
SIGNATURE_PROPERTIES = ds("SignatureProperties")
OBJECT = ds("Object")
XPATH_ELEMENT = ds("XPath")
FILTER_ELEMENT = f"{{{XPATH_FILTER}}}XPath"

PSS_PARAMETERS = f"{{{XMLDSIG_MORE}}}RSAPSSParams"
PSS_MASK_GENERATION = f"{{{XMLDSIG_MORE}}}MaskGenerationFunction"
PSS_SALT_LENGTH = f"{{{XMLDSIG_MORE}}}SaltLength"
PSS_TRAILER_FIELD = f"{{{XMLDSIG_MORE}}}TrailerField"

QUALIFYING_PROPERTIES = xades("QualifyingProperties")
SIGNED_PROPERTIES = xades("SignedProperties")
SIGNED_SIGNATURE_PROPERTIES = xades("SignedSignatureProperties")
SIGNED_DATA_OBJECT_PROPERTIES = xades("SignedDataObjectProperties")
UNSIGNED_PROPERTIES = xades("UnsignedProperties")
UNSIGNED_SIGNATURE_PROPERTIES = xades("UnsignedSignatureProperties")
SIGNING_TIME = xades("SigningTime")
SIGNING_CERTIFICATE_V2 = xades("SigningCertificateV2")
CERT = xades("Cert")
CERT_DIGEST = xades("CertDigest")
ISSUER_SERIAL_V2 = xades("IssuerSerialV2")
PRODUCTION_PLACE_V2 = xades("SignatureProductionPlaceV2")
CITY = xades("City")
COUNTRY = xades("CountryName")
SIGNER_ROLE_V2 = xades("SignerRoleV2")
CLAIMED_ROLES = xades("ClaimedRoles")
CLAIMED_ROLE = xades("ClaimedRole")
DATA_OBJECT_FORMAT = xades("DataObjectFormat")
MIME_TYPE = xades("MimeType")
COMMITMENT_TYPE_INDICATION = xades("CommitmentTypeIndication")
COMMITMENT_TYPE_ID = xades("CommitmentTypeId")
IDENTIFIER = xades("Identifier")
ALL_SIGNED_DATA_OBJECTS = xades("AllSignedDataObjects")
SIGNATURE_TIME_STAMP = xades("SignatureTimeStamp")
ENCAPSULATED_TIME_STAMP = xades("EncapsulatedTimeStamp")
ARCHIVE_TIME_STAMP = xades141("ArchiveTimeStamp")
TIME_STAMP_VALIDATION_DATA = xades141("TimeStampValidationData")
CERTIFICATE_VALUES = xades("CertificateValues")
ENCAPSULATED_CERTIFICATE = xades("EncapsulatedX509Certificate")
REVOCATION_VALUES = xades("RevocationValues")
ENCAPSULATED_CRL = xades("EncapsulatedCRLValue")
ENCAPSULATED_OCSP = xades("EncapsulatedOCSPValue")

UNSIGNED_PATH = (
    f"{OBJECT}/{QUALIFYING_PROPERTIES}/{UNSIGNED_PROPERTIES}/{UNSIGNED_SIGNATURE_PROPERTIES}"
)
