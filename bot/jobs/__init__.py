"""Jobs beside the conversation: announcements, a change of the edition, deletion after the storage periods."""
