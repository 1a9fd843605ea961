"""Programs run in environments of their own, each against the same event files; they print seconds."""
