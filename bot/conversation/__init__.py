"""The memory of a chat and the meaning of typed texts and buttons, as pure values and moves."""
