"""WeChat's signatures and its message encryption (AES-256-CBC, PKCS#7 to 32 bytes, the appid inside)."""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

# WeChat pads to 32 bytes, which is twice the cipher's own block.
_BLOCK_BITS = 256


class Unsealed(Exception):
    """A body that is not what WeChat sent to this account; `code` says why (signature, key, appid, form)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signature(*parts: str) -> str:
    """SHA-1 in hex over the sorted parts (token, timestamp, nonce and, in an encrypted body, the ciphertext)."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(given: str, *parts: str) -> bool:
    """Whether `given` is the signature over `parts`, in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


@dataclass(frozen=True)
class Key:
    """One EncodingAESKey (43 characters) with the appid (or corpid) that its messages end with."""

    encoding_aes_key: str
    appid: str

    def encrypt(self, text: str, random: bytes | None = None) -> str:
        """`text` as base64 ciphertext; `random` (16 bytes) is given only by tests."""
        body = text.encode()
        plain = (random or os.urandom(16)) + struct.pack(">I", len(body)) + body + self.appid.encode()
        padder = PKCS7(_BLOCK_BITS).padder()
        encryptor = self._cipher().encryptor()
        padded = padder.update(plain) + padder.finalize()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        """The text inside. Raises Unsealed for a wrong key, a wrong appid, or what is no ciphertext."""
        plain = self._unpadded(encrypted)
        if len(plain) < 20:
            raise Unsealed("form")
        (length,) = struct.unpack(">I", plain[16:20])
        body, appid = plain[20 : 20 + length], plain[20 + length :]
        if len(body) != length:
            raise Unsealed("key")
        if not hmac.compare_digest(appid, self.appid.encode()):
            raise Unsealed("appid")
        # Half a character can be in there: people paste anything.
        return body.decode("utf-8", "replace")

    def _unpadded(self, encrypted: str) -> bytes:
        try:
            data = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher().decryptor()
            padded = decryptor.update(data) + decryptor.finalize()
            unpadder = PKCS7(_BLOCK_BITS).unpadder()
            return unpadder.update(padded) + unpadder.finalize()
        except (ValueError, binascii.Error) as error:
            raise Unsealed("key") from error

    def _cipher(self) -> Cipher[modes.CBC]:
        # Tencent's sample keys have stray last bits, which Python's decoder forgives.
        secret = base64.b64decode(self.encoding_aes_key + "=")
        return Cipher(algorithms.AES(secret), modes.CBC(secret[:16]))


def decrypt(encrypted: str, keys: list[Key]) -> tuple[str, Key]:
    """The text, and the key that opened it: the current one first, then the previous. Raises Unsealed."""
    problem = Unsealed("key")
    for key in keys:
        try:
            return key.decrypt(encrypted), key
        except Unsealed as error:
            problem = error if error.code == "appid" or problem.code == "key" else problem
    raise problem
