"""Signed and encrypted mail (S/MIME, PGP/MIME). We hold nobody's key: what is sealed is kept as a file and said in words."""

from helpdesk.connectors.email.parsing.mime import Part

SMIME = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
ENCRYPTED_PGP = "This mail is encrypted with PGP. It is attached as it came; whoever holds the key can open it with a mail program."
ENCRYPTED_SMIME = "This mail is encrypted with S/MIME. It is attached as it came; whoever holds the key can open it with a mail program."
SIGNED_SMIME = "This mail is signed with S/MIME in a sealed form. It is attached as it came; a mail program with S/MIME can open it."


def sealed_words(root: Part) -> str:
    """What to say in place of the text of a sealed mail, '' when it is none."""
    for part in root.walk():
        if part.ctype == "multipart/encrypted" or part.ctype == "application/pgp-encrypted":
            return ENCRYPTED_SMIME if "pkcs7" in part.params.get("protocol", "").lower() else ENCRYPTED_PGP
        if part.ctype in SMIME:
            return SIGNED_SMIME if "signed" in part.params.get("smime-type", "").lower() else ENCRYPTED_SMIME
    return ""


def is_control_part(part: Part) -> bool:
    """The part of PGP/MIME that says `Version: 1` and nothing else (RFC 3156): no file to anybody."""
    return (
        part.ctype == "application/pgp-encrypted" and len(part.payload) < 100 and b"Version:" in part.payload
    )
