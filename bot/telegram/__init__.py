"""The Bot API: updates in (polling, webhook), calls out, and what a failed call means."""
