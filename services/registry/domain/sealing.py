"""The domain of sealed and erased records, and who was told of either."""
