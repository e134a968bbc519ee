"""What a file is by its first bytes; its name and what its sender calls it decide nothing."""

SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
MEDIA_TYPES = tuple(SIGNATURES.values())


def sniff(data: bytes) -> str | None:
    """The media type of what begins like one of those allowed, at the very first byte; None of all else."""
    return next((kind for signature, kind in SIGNATURES.items() if data.startswith(signature)), None)
