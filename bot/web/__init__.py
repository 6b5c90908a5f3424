"""The bot's own HTTP side: score ingest, webhook, health, metrics. Imported when the bot already serves merchants."""
