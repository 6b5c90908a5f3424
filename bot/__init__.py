"""The bot: composes rules and storage, and alone knows Telegram, words, settings and the clock."""
