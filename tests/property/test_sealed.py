"""A sealed file is read back as it was written, and refused after any change: a bit, a cut, chunks moved, repeated."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sealed import BrokenFile, Passphrase, PrivateKey, PublicKey, SealedReader, SealedWriter, WrongKey
from shared.sealed.stream import CHUNK, MAGIC, TAG

OWNER = PrivateKey.generated()
FOR_OWNER = [PublicKey(OWNER.key.public_key())]
SIZES = st.sampled_from([0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])


def sealed(content, recipients=FOR_OWNER, step=None):
    to = io.BytesIO()
    writer = SealedWriter(to, recipients, {"kind": "test"})
    for at in range(0, len(content), step or len(content) or 1):
        writer.write(content[at : at + (step or len(content))])
    writer.close()
    return to.getvalue()


def opened(raw, unlocking=OWNER):
    return SealedReader(io.BytesIO(raw), unlocking).read()


def content_of(size):
    return bytes(range(251)) * (size // 251) + b"x" * (size % 251)


def split(raw):
    """Header and chunks."""
    start = len(MAGIC) + 4
    start += int.from_bytes(raw[len(MAGIC) : start])
    return raw[:start], [raw[at : at + CHUNK + TAG] for at in range(start, len(raw), CHUNK + TAG)]


@given(SIZES, st.integers(1, 2 * CHUNK))
@settings(deadline=None, max_examples=40)
def test_what_was_sealed_opens_however_it_was_written(size, step):
    content = content_of(size)
    assert opened(sealed(content, step=max(step, size // 50))) == content


@given(SIZES, st.data())
@settings(deadline=None, max_examples=200)
def test_any_bit_that_changes_is_noticed(size, data):
    raw = bytearray(sealed(content_of(size)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((BrokenFile, WrongKey)):
        opened(bytes(raw))


@given(SIZES, st.data())
@settings(deadline=None, max_examples=100)
def test_a_file_that_is_cut_off_or_goes_on_is_refused(size, data):
    raw = sealed(content_of(size))
    _, chunks = split(raw)
    edges = [len(raw) - sum(map(len, chunks[at:])) for at in range(len(chunks))]
    cut = data.draw(st.one_of(st.integers(0, len(raw) - 1), st.sampled_from(edges)))
    with pytest.raises(BrokenFile):
        opened(raw[:cut])
    more = data.draw(st.one_of(st.binary(min_size=1, max_size=40), st.sampled_from(chunks)))
    with pytest.raises(BrokenFile):
        opened(raw + more)


@given(st.integers(2, 5), st.data())
@settings(deadline=None, max_examples=50)
def test_chunks_that_were_moved_left_out_or_repeated_are_refused(count, data):
    header, chunks = split(sealed(content_of(count * CHUNK)))
    other = data.draw(st.lists(st.sampled_from(range(count)), min_size=1, max_size=count + 1))
    if other == list(range(count)):
        other = other[::-1]
    with pytest.raises(BrokenFile):
        opened(header + b"".join(chunks[each] for each in other))


def test_a_chunk_of_another_file_with_the_same_content_is_refused():
    header, chunks = split(sealed(content_of(3 * CHUNK)))
    _, others = split(sealed(content_of(3 * CHUNK)))
    with pytest.raises(BrokenFile):
        opened(header + chunks[0] + others[1] + chunks[2])


def test_nothing_of_a_chunk_leaves_before_it_was_checked():
    header, chunks = split(sealed(content_of(3 * CHUNK)))
    spoiled = bytes([chunks[1][0] ^ 1]) + chunks[1][1:]
    reader = SealedReader(io.BytesIO(header + chunks[0] + spoiled + chunks[2]), OWNER)
    assert reader.read(CHUNK) == content_of(3 * CHUNK)[:CHUNK]
    with pytest.raises(BrokenFile):
        reader.read(1)


@given(st.binary(min_size=16, max_size=40), st.binary(min_size=16, max_size=40))
@settings(deadline=None, max_examples=10)
def test_it_opens_for_each_that_it_is_sealed_for_and_for_nobody_else(words, others):
    raw = sealed(b"content", [PublicKey(OWNER.key.public_key()), Passphrase(words, 4)])
    assert opened(raw) == opened(raw, Passphrase(words)) == b"content"
    for stranger in (PrivateKey.generated(), *([Passphrase(others)] if others != words else [])):
        with pytest.raises(WrongKey):
            opened(raw, stranger)
