"""The outbox → Telegram: whose turn it is (lanes), what a failure means (failures), the calls themselves (sender)."""
