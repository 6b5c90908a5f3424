"""How updates come in: bytes → inbox, and acknowledged only when they are on disk."""
