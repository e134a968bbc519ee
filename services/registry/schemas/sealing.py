"""What the API takes and gives about sealed and erased records, and who was told of either."""
