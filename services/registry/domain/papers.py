"""The domain of identity work with due dates, the checklist of the personal file, attachments."""
