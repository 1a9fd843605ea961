"""Many runs from one: seeds, grids and samples."""
