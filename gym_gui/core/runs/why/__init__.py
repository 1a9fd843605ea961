"""Why a run ended: causes, and the evidence for them."""
