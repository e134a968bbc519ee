"""What can be asked about sealed and erased records, and who was told of either."""
