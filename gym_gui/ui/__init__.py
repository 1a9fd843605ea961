"""QtWidgets: views, models, forms and theme. Run state lives in the run directory, never here."""
