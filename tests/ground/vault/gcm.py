"""AES-256-GCM once more, from the block cipher up: an oracle that shares only AES with ours.

Follows NIST SP 800-38D, section 7, for 96-bit nonces. Slow and plain on purpose.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

REDUCTION = 0xE1 << 120


def decrypt(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """Return the plaintext, or None where the tag does not fit."""
    ciphertext, tag = sealed[:-16], sealed[-16:]
    first = int.from_bytes(nonce + b"\0\0\0\1", "big")
    lengths = (len(bound) * 8).to_bytes(8, "big") + (len(ciphertext) * 8).to_bytes(8, "big")
    hashed = _ghash(_block(key, 0), _padded(bound) + _padded(ciphertext) + lengths)
    if (hashed ^ _block(key, first)).to_bytes(16, "big") != tag:
        return None
    stream = b"".join(
        _block(key, first + n + 1).to_bytes(16, "big") for n in range(len(ciphertext) // 16 + 1)
    )
    return bytes(c ^ k for c, k in zip(ciphertext, stream, strict=False))


def _block(key: bytes, value: int) -> int:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 -- one block, of which GCM is made
    return int.from_bytes(encryptor.update(value.to_bytes(16, "big")), "big")


def _ghash(subkey: int, data: bytes) -> int:
    hashed = 0
    for at in range(0, len(data), 16):
        hashed = _times(hashed ^ int.from_bytes(data[at : at + 16], "big"), subkey)
    return hashed


def _times(x: int, y: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        product ^= y if x >> bit & 1 else 0
        y = y >> 1 ^ (REDUCTION if y & 1 else 0)
    return product


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)
