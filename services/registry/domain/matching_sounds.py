"""What letters have in common: one spelling of what sounds alike, and the classes of consonants that scripts meet in.

Belongs here: fold() and skeleton(). Not here: letters of a script (matching_letters_*), endings (matching_parts), names
that letters do not join (matching_spellings).
"""

import re

_PAIRS = (
    ("q", "k"), ("w", "v"), ("shsh", "sh"), ("shch", "sh"), ("kh", "h"), ("gh", "g"), ("dzh", "j"), ("zh", "j"),
    ("dj", "j"), ("oo", "u"), ("ee", "i"),
)  # fmt: skip
_MUHAMMAD = re.compile("m[aou]h[aou]m[aei][dt]|m[au]gom[ae][dt]")
_GLIDE_BEFORE = re.compile("[iy]+([aou])")
_GLIDE_BEFORE_E = re.compile("[iy]+e")
_GLIDES = re.compile("[iy]{2,}")
_VOWEL_Y = re.compile("(?<![aeou])y(?![aou])")
_AFTER_VOWEL_I = re.compile("(?<=[aeou])i")
_AFTER_VOWEL_U = re.compile("(?<=[aeo])u|^u(?=[aeo])")
_DOUBLED = re.compile(r"(.)\1+")
_FINAL_H = re.compile("(?<=[aeo])h$")
# The servant of: Abdul Rahman, Abdurahmon, Әбдірахман, Абдрахман, Ғабдрахман are one.
_ABD = re.compile("^g?[aeo]bd[aeiouy]?l?(?=[a-z]{3})")
_ABDULLAH = re.compile("^g?[aeo]bd[aeiouy]?l+[ao]h?$")

_CLASSES = str.maketrans("bpfdtkgqszjclmnraeiouyvwhx", "PPPTTKKKSSJJLMNR..........")
_TOGETHER = re.compile("ch|sh|ts|ng+")
_SINGLE = {"ch": "c", "sh": "s", "ts": "s"}
_RUNS = re.compile(r"([A-Z])\1+")


def fold(text: str) -> str:
    """One spelling of what is heard alike: kh and h, gh and g, zh and j, iya and ya, ai and ay, au and av."""
    if text.startswith("yry"):
        text = text[1:]  # Ырысбек, Рысбек
    for written, heard in _PAIRS:
        if written in text:
            text = text.replace(written, heard)
    if text.endswith("eh"):
        text = text[:-2] + "a"  # Fatemeh, Somayeh
    text = once = _DOUBLED.sub(r"\1", text)
    if "u" in text:
        text = _AFTER_VOWEL_U.sub("v", text)
    if "y" in text or "i" in text:
        text = _GLIDE_BEFORE_E.sub("e", _GLIDE_BEFORE.sub(r"y\1", text))
        text = _AFTER_VOWEL_I.sub("y", _VOWEL_Y.sub("i", _GLIDES.sub("i", text)))
    if text.count("m") > 1:
        text = _MUHAMMAD.sub("muhamad", text)
    if "bd" in text[:4]:
        text = "abdulah" if _ABDULLAH.match(text) else _ABD.sub("abdu", text)
    if text[-1] == "h":
        text = _FINAL_H.sub("", text)
    return text if text == once else _DOUBLED.sub(r"\1", text)


def skeleton(root: str, *, vowels: bool = True) -> str:
    """The classes of the consonants of a folded root; what begins with a vowel, y or h begins with A, with v: V.

    Where `vowels` are written, consonants of one class that stand together are one.
    """
    if vowels:
        classes = _RUNS.sub(r"\1", _TOGETHER.sub(_single, root).translate(_CLASSES))
    else:
        classes = (root[:1] + root[1:].replace("ng", "n")).replace("ch", "c").replace("sh", "s").translate(_CLASSES)
    initial = classes[:1]
    if initial == ".":
        initial = "V" if root[0] == "v" else "A"
    return initial + classes[1:].replace(".", "")


def _single(found: re.Match[str]) -> str:
    return _SINGLE.get(found[0], "n")
