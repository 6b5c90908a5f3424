"""The platform's rules: values in, values out. No clock, network, database or Telegram."""
