"""The canonicalization algorithms of XML Signature."""

from enum import StrEnum


class C14nAlgorithm(StrEnum):
    """The algorithm identifiers of XML Signature."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
    INCLUSIVE_11_WITH_COMMENTS = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"

    @property
    def is_exclusive(self) -> bool:
        return self in {C14nAlgorithm.EXCLUSIVE, C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS}

    @property
    def is_version_11(self) -> bool:
        return self in {C14nAlgorithm.INCLUSIVE_11, C14nAlgorithm.INCLUSIVE_11_WITH_COMMENTS}

    @property
    def has_comments(self) -> bool:
        return self.value.endswith("#WithComments")
