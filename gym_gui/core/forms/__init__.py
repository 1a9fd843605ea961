"""Forms as pure data: JSON Schema to fields, and typed or pasted text to checked values."""
