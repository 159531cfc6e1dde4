"""The real driver of the card box behind a wrapper that floods its worker's socket when told to."""
