"""Understanding: intents and entities of Chinese after-sales messages."""
