"""What a field must hold to count as checked. Pure: texts in, yes or no out; no rule changes a text."""
