"""The language model behind an OpenAI-compatible endpoint: asked, metered, held to limits."""
