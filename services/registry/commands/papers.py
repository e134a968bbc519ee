"""What can be asked about identity work with due dates, the checklist of the personal file, attachments."""
