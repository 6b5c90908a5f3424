"""The inbox handled, the outbox sent: turns (lanes, pace), calls by a channel, the results written down."""
