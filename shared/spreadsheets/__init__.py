"""Tables for people, streamed: bytes of CSV or XLSX as rows come, never the whole of it in memory or in a file.

No cell is ever computed by the program that opens it. Not here: what the rows are; formats for machines (SDMX).
"""

from shared.spreadsheets.comma import csv_bytes, without_formula
from shared.spreadsheets.workbook import CSV_TYPE, XLSX_TYPE, xlsx_bytes

__all__ = ["CSV_TYPE", "XLSX_TYPE", "csv_bytes", "without_formula", "xlsx_bytes"]
