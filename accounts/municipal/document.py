"""What may stand in a SAML answer, looked at before xmlsec does: it follows references and runs transforms of anybody
before it knows whether the signature is one of somebody's whom we trust."""

import re

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

DS = "http://www.w3.org/2000/09/xmldsig#"
SECURITY = (
    DS,
    "http://www.w3.org/2009/xmldsig11#",
    "http://www.w3.org/2001/04/xmlenc#",
    "http://www.w3.org/2009/xmlenc11#",
)
TRANSFORMS = {
    f"{DS}enveloped-signature",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
}
# They read elsewhere, or count as long as the answer says. No identity provider of ours sends them.
NEVER = {"CipherReference", "KeyInfoReference", "Manifest", "DerivedKey", "KeyDerivationMethod", "AgreementMethod"}
MOST_SIGNATURES = 2  # of the response and of its assertion
MOST_TRANSFORMS = 2


class Unfit(Exception):  # noqa: N818 - somebody's answer is, no error of ours
    """Left unread. Its text is one of ours, fit for the log."""


def parsed(encoded: str) -> etree._Element:
    """The root, read as python3-saml reads it: without a DTD and without entities."""
    return OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.b64decode(encoded))


def check(root: etree._Element) -> None:
    """Raises Unfit, unless all of it can be checked with what stands in the document itself, in one pass."""
    if len(list(root.iter(f"{{{DS}}}Signature"))) > MOST_SIGNATURES:
        raise Unfit("too many signatures")
    for signature in root.iter(f"{{{DS}}}Signature"):
        if len(list(signature.iter(f"{{{DS}}}Reference"))) != 1:
            raise Unfit("a signature of other than one thing")
    for part in root.iter(etree.Element):
        _check_part(part)


def _check_part(part: etree._Element) -> None:
    name = etree.QName(part)
    if name.namespace not in SECURITY:
        return
    if name.localname in NEVER:
        raise Unfit(name.localname)
    address = part.get("URI", "" if name.localname in {"Reference", "RetrievalMethod"} else None)
    if address is not None and not re.fullmatch(r"#[\w.-]+", address):
        raise Unfit("a reference that leads outside")
    if name.localname == "Transform" and (part.get("Algorithm") not in TRANSFORMS or _is_xpath(part)):
        raise Unfit("a transform")
    if name.localname == "Transforms" and len(part) > MOST_TRANSFORMS:
        raise Unfit("too many transforms")


def _is_xpath(transform: etree._Element) -> bool:
    """Of the transforms above only one has a part of its own, a list of prefixes."""
    return any(etree.QName(part).localname != "InclusiveNamespaces" for part in transform.iterchildren(etree.Element))
