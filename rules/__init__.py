"""What the platform's rules say: values in, values out. No clock, network, database or Telegram."""
