"""JPEG without the segments that tell of its making (ITU-T T.81, annex B). Standard library only."""

START = b"\xff\xd8"
SCAN, END = 0xDA, 0xD9
ADOBE = 0xEE  # says how colours are to be read
COMMENT = 0xFE


def without_metadata(data: bytes) -> bytes:
    """The picture without application segments (but JFIF's and Adobe's) and comments; anything else as it is."""
    if not data.startswith(START):
        return data
    kept, at = [START], len(START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == SCAN:
            break
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not _tells(marker):
            kept.append(data[at:end])
        at = end
    kept.append(data[at:])
    return b"".join(kept)


def _tells(marker: int) -> bool:
    return marker == COMMENT or (0xE1 <= marker <= 0xEF and marker != ADOBE)
