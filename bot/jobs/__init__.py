"""Jobs beside the conversation: announcements, a change of the edition, the watch over rule notices, deletion."""
