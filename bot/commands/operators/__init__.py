"""What `alliance-bot admin` shows and does, as plain values; instants are ISO 8601 in the merchants' zone."""
