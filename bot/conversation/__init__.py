"""What a chat remembers and what a typed text means, as pure values and moves."""
