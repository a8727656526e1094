"""OIO Basic Privilege Profile: the rights of an employee as the Danish Context Handler sends them.

base64(<PrivilegeList>
         <PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:12345678">
           <Privilege>urn:dk:samrum:raadgiver</Privilege>
…)
"""

import binascii
import logging
from base64 import b64decode
from collections.abc import Sequence

from lxml import etree

logger = logging.getLogger(__name__)

SCOPE = "urn:dk:gov:saml:cvrnumberidentifier:"
MOST = 100_000  # signs of base64; a municipality's list has a few thousand


def privileges(lists: Sequence[str], *, cvr: str) -> frozenset[str]:
    """The privileges given for this CVR number, of one list. Nothing of a list that cannot be read, or of several.

    A group with a constraint is left out: it narrows a right in a way that we do not know, and without it we would give
    more than was meant.
    """
    if len(lists) != 1 or not cvr:
        return frozenset()
    root = _parsed(lists[0])
    if root is None or _name(root) != "PrivilegeList":
        return frozenset()
    found: set[str] = set()
    for group in root.iterchildren(etree.Element):
        parts = list(group.iterchildren(etree.Element))
        known = _name(group) == "PrivilegeGroup" and all(_name(part) == "Privilege" for part in parts)
        if known and group.get("Scope", "").strip().casefold() == f"{SCOPE}{cvr}":
            found |= {(part.text or "").strip() for part in parts}
    return frozenset(found - {""})


def _parsed(encoded: str) -> etree._Element | None:
    """The list's root, read without entities, without a DTD and without asking anybody."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        if len(encoded) > MOST:
            raise ValueError
        root = etree.fromstring(b64decode("".join(encoded.split()), validate=True), parser)
    except (ValueError, binascii.Error, etree.XMLSyntaxError) as error:
        logger.warning("A list of privileges cannot be read: %s", type(error).__name__)
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        logger.warning("A list of privileges brings a DTD: left unread.")
        return None
    return root


def _name(element: etree._Element) -> str:
    """Without the namespace, of which the profile's versions have different ones."""
    return etree.QName(element).localname
