"""The outbox and the inbox worked off: whose turn it is (lanes, pace), calls by a channel, what became of each."""
