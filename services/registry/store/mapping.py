"""Where registry's tables and mappings are collected. Not here: any of them."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

from shared import protection

metadata = MetaData()
mapper = registry(metadata=metadata)

subject_key = protection.subject_keys(metadata)
