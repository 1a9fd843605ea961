"""The headless core: no Qt below this package, and no import here, so the SDK stays cheap."""
