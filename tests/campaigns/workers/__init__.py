"""Worker scripts that the campaigns launch."""
