"""Learning from doubt: doubtful messages are kept, a person says what they mean, and the next training reads it."""
