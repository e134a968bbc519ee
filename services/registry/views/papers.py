"""Read-only queries about identity work with due dates, the checklist of the personal file, attachments."""
