"""Values and templates become the text and buttons of a message. Every word stands in `bot/messages/<locale>/`."""
