"""Where registry's tables and mappings are collected. Not here: any of them."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

metadata = MetaData()
mapper = registry(metadata=metadata)
