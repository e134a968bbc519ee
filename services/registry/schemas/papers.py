"""What the API takes and gives about identity work with due dates, the checklist of the personal file, attachments."""
