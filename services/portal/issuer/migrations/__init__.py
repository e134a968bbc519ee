"""The portal's database, step by step. A step that was released is never changed."""
