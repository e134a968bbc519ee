"""Files made anew in a process of their own: what comes through, what is gone, what is refused."""

import os
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shared import cleaning
from shared.cleaning import process
from shared.errors import Invalid, TooLarge, UnsupportedMedia

LIMITS = cleaning.Limits(size=10 * 1024 * 1024, pixels=4_000_000, pages=20)
CANARY = b"Zhumagulova-canary"
GPS_DIRECTORY = 0x8825


def picture(kind="JPEG", size=(64, 48), colour=(200, 30, 30), **options):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **options)
    return made.getvalue()


def located():
    """A photograph that tells where it was taken, of whom, and by which camera."""
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(GPS_DIRECTORY)[2] = (43.0, 15.0, 0.0)
    return picture(exif=exif, comment=CANARY)


def document(pages=1, **root):
    made = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        for key, value in root.items():
            pdf.Root[f"/{key}"] = value(pdf)
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = CANARY.decode()
        pdf.docinfo["/Author"] = CANARY.decode()
        pdf.save(made)
    return made.getvalue()


def clean(data, declared=None, limits=LIMITS):
    return cleaning.clean(data, declared or cleaning.sniff(data) or "image/jpeg", limits)


def refused(data, error=Invalid, **options):
    with pytest.raises(error) as told:
        clean(data, **options)
    assert told.value.field == "file"
    assert CANARY.decode() not in str(told.value)
    return told.value.rule


def test_a_photograph_keeps_what_it_shows_and_forgets_where_it_was_taken():
    sent = located()
    assert CANARY in sent
    assert Image.open(BytesIO(sent)).getexif().get_ifd(GPS_DIRECTORY)
    made = clean(sent)
    assert made.media_type == "image/jpeg"
    assert CANARY not in made.data
    with Image.open(BytesIO(made.data)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (64, 48))
        assert not shown.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(shown.info)
        assert all(abs(ours - 200) < 10 for ours in shown.getpixel((5, 5))[:1])


def test_a_photograph_that_lies_on_its_side_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(clean(picture(exif=exif)).data)) as shown:
        assert shown.size == (48, 64)


def test_a_png_keeps_its_transparency_and_loses_its_texts():
    words = PngInfo()
    words.add_text("Comment", CANARY.decode())
    words.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    made = BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 100)).save(made, "PNG", pnginfo=words)
    cleaned = clean(made.getvalue()).data
    assert CANARY not in cleaned
    with Image.open(BytesIO(cleaned)) as shown:
        assert (shown.mode, shown.getpixel((0, 0))) == ("RGBA", (1, 2, 3, 100))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "I;16"])
def test_pictures_of_every_mode_come_through(mode):
    made = BytesIO()
    Image.new(mode, (8, 8)).save(made, "PNG")
    with Image.open(BytesIO(clean(made.getvalue()).data)) as shown:
        assert shown.size == (8, 8)


@pytest.mark.parametrize("appended", [b"<script>alert(1)</script>", b"PK\x03\x04" + CANARY, b"%PDF-1.4\n" + CANARY])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_polyglot_is_only_a_picture_afterwards(kind, appended):
    made = clean(picture(kind) + appended).data
    assert appended not in made
    assert CANARY not in made


def test_a_file_is_what_its_first_bytes_say():
    assert refused(b"<html><script>1</script>", UnsupportedMedia) == "file-type"
    assert refused(b"GIF89a" + bytes(20), UnsupportedMedia) == "file-type"
    assert refused(b"\n%PDF-1.4", UnsupportedMedia) == "file-type"
    assert refused(b"MZ" + bytes(100), UnsupportedMedia) == "file-type"
    assert refused(picture(), UnsupportedMedia, declared="image/png") == "file-type-declared"
    assert refused(picture(), UnsupportedMedia, declared="text/html") == "file-type-declared"


def test_an_empty_or_oversized_file_is_refused():
    assert refused(b"") == "file-empty"
    small = cleaning.Limits(size=100, pixels=10_000, pages=1)
    assert refused(picture(size=(300, 300)), TooLarge, limits=small) == "file-size"


def test_a_picture_that_would_grow_too_large_by_being_made_anew_is_refused():
    noise = Image.frombytes("L", (600, 600), os.urandom(360_000))
    made = BytesIO()
    noise.save(made, "JPEG", quality=5)
    limits = cleaning.Limits(size=len(made.getvalue()) + 10, pixels=10_000_000, pages=1)
    assert refused(made.getvalue(), TooLarge, limits=limits) == "file-size"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_truncated_picture_is_refused(kind):
    whole = picture(kind, size=(400, 400))
    assert refused(whole[: len(whole) // 2]) == "file-damaged"
    assert refused(whole[:12]) == "file-damaged"


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    assert refused(bomb) == "picture-pixels"


def test_a_bomb_breaks_its_own_process_alone(monkeypatch):
    """A few hundred kilobytes that become 144 MB: allowed here by number, too many for the memory of the process."""
    side = 6000
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes((side * 4 + 1) * side))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    assert len(bomb) < 200_000
    wide = cleaning.Limits(size=10_000_000, pixels=1_000_000_000, pages=1)
    monkeypatch.setattr(process, "MEMORY", 256 * 1024 * 1024)
    assert refused(bomb, limits=wide) == "file-too-heavy"
    assert clean(picture()).media_type == "image/jpeg"


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(process, "START", "import time; time.sleep(60)")
    monkeypatch.setattr(process, "SECONDS", 1)
    assert refused(picture()) == "file-too-heavy"


def test_it_is_the_same_under_eventlet():
    told = subprocess.run([sys.executable, "-c", _GREEN, process.ROOT], stdout=subprocess.PIPE, check=True).stdout
    assert told.decode().split() == ["image/jpeg", "file-too-heavy", "file-damaged"]


_GREEN = """
import sys, warnings
warnings.simplefilter('ignore')
import eventlet
eventlet.monkey_patch(psycopg=False)
sys.path.insert(0, sys.argv[1])
from io import BytesIO
from PIL import Image
from shared import cleaning
from shared.cleaning import process
from shared.errors import Invalid
made = BytesIO()
Image.new('RGB', (8, 8)).save(made, 'JPEG')
limits = cleaning.Limits(10_000_000, 1_000_000, 5)
print(cleaning.clean(made.getvalue(), 'image/jpeg', limits).media_type)
whole, process.START, process.SECONDS = process.START, 'import time; time.sleep(60)', 1
for start, data, seconds in ((process.START, made.getvalue(), 1), (whole, made.getvalue()[:200], 20)):
    process.START, process.SECONDS = start, seconds
    try:
        cleaning.clean(data, 'image/jpeg', limits)
    except Invalid as refused:
        print(refused.rule)
"""


def test_a_document_keeps_its_pages_and_loses_scripts_files_and_metadata():
    def script(pdf):
        return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    def launch(pdf):
        return pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))

    def names(pdf):
        file = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F="a.exe", EF=pikepdf.Dictionary(F=pdf.make_stream(CANARY))
        )
        inner = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pdf.make_stream(b"app.alert(2)"))
        return pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", inner])),
            EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array(["a", file])),
        )

    made = clean(document(3, OpenAction=script, AA=launch, Names=names))
    assert made.media_type == "application/pdf"
    with pikepdf.open(BytesIO(made.data)) as shown:
        assert len(shown.pages) == 3
        assert set(shown.Root.keys()) == {"/Type", "/Pages"}
        assert not shown.docinfo.keys()
        text = b"".join(bytes(each.read_bytes()) for each in shown.objects if isinstance(each, pikepdf.Stream))
        text += b"".join(repr(each).encode() for each in shown.objects)
    for gone in (CANARY, b"JavaScript", b"Launch", b"cmd.exe", b"alert", b"EmbeddedFile"):
        assert gone not in text
        assert gone not in made.data


def test_links_notes_and_page_actions_go_and_what_the_page_shows_stays():
    made = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.Contents = pdf.make_stream(b"0 0 1 rg 10 10 50 50 re f")
        page.obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))
        link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/" + CANARY.decode())
        rectangle = pikepdf.Array([0, 0, 9, 9])
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=rectangle, A=link)
        page.obj.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        page.obj.Metadata = pdf.make_stream(CANARY)
        pdf.save(made)
    cleaned = clean(made.getvalue()).data
    with pikepdf.open(BytesIO(cleaned)) as shown:
        assert b"10 10 50 50 re" in shown.pages[0].Contents.read_bytes()
        assert {"/Annots", "/AA", "/Metadata"}.isdisjoint(shown.pages[0].obj.keys())
        assert CANARY.decode() not in "".join(repr(each) for each in shown.objects)


def test_a_photograph_within_a_document_forgets_where_it_was_taken():
    sent = located()
    made = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        image = pdf.make_stream(sent)
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=64,
            Height=48,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB,
            Filter=pikepdf.Name.DCTDecode,
        )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.obj.Contents = pdf.make_stream(b"q 64 0 0 48 0 0 cm /Im0 Do Q")
        pdf.save(made)
    with pikepdf.open(BytesIO(clean(made.getvalue()).data)) as shown:
        kept = shown.pages[0].Resources.XObject.Im0
        raw = kept.read_raw_bytes()
        assert CANARY not in raw
        assert pikepdf.PdfImage(kept).as_pil_image().size == (64, 48)
        assert not Image.open(BytesIO(raw)).getexif()


def test_a_protected_a_damaged_and_a_long_document_are_refused():
    made = BytesIO()
    with pikepdf.open(BytesIO(document())) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refused(made.getvalue()) == "pdf-encrypted"
    open_ = BytesIO()
    with pikepdf.open(BytesIO(document())) as pdf:
        pdf.save(open_, encryption=pikepdf.Encryption(owner="o", user=""))
    assert refused(open_.getvalue()) == "pdf-encrypted"
    assert refused(document()[:-200]) == "file-damaged"
    assert refused(b"%PDF-1.7\n" + CANARY) == "file-damaged"
    assert refused(document(21)) == "pdf-pages"


def test_the_process_has_no_surroundings_and_writes_no_file():
    """What it may not do is taken away before it reads: an attempt to write ends it."""
    told = subprocess.run(
        [sys.executable, "-I", "-c", _PROBE, process.ROOT], stdout=subprocess.PIPE, env={}, check=True
    ).stdout.decode()
    assert told.split() == ["no-file", "0", "1073741824"]


_PROBE = """
import os, resource, signal, sys
sys.path.insert(0, sys.argv[1])
from shared.cleaning import worker
worker._limit(1073741824, 20)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open('/tmp/kinward-probe', 'wb') as file:
        file.write(b'x')
    print('file')
except OSError:
    print('no-file')
os.unlink('/tmp/kinward-probe')
print(resource.getrlimit(resource.RLIMIT_CORE)[0], resource.getrlimit(resource.RLIMIT_AS)[0])
"""
