"""What a service consumes: the watermark, the consumer, and how a batch of events is applied.

The consumer is in `shared.stream.consumer`, the appliers in `shared.stream.applier`, the nameko face in
`shared.stream.provider`. Not yet here, with their place: parking (where `consumer` stops on a refusal), forks (where
`watermark.place` stops), rebuild (a second applier with its own queue and watermarks).
"""
