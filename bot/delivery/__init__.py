"""The outbox and the inbox worked off: whose turn it is (lanes), how fast (pace), what became of a call (recorder)."""
