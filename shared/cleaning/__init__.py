"""Files that somebody sends in, made anew before they are kept: what they show stays, all else goes.

By content JPEG, PNG or PDF, nothing else. Pictures are decoded and encoded again (position, colour profile, comments
and whatever is appended are gone); of a PDF the pages are taken over into a new one (scripts, actions, embedded files,
form logic and metadata are gone). This is done in a process of its own, with little time and memory, without files and
without the surroundings of this one: a file made to break the reader breaks that process alone. Nothing is written to
disk. Not here: what a file is for, who may send it, and its encryption.
"""

from shared.cleaning.process import Cleaned, Limits, clean
from shared.cleaning.sniffing import MEDIA_TYPES, sniff

__all__ = ["MEDIA_TYPES", "Cleaned", "Limits", "clean", "sniff"]
