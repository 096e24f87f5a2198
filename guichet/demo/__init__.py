"""What a demonstration adds: the cast, their Tokens, what was sent, a clock one can move. Never in production."""
