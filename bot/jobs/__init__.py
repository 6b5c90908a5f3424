"""What runs beside the conversation: announcements, a change of the edition, deletion of what has had its time."""
