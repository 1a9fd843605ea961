"""How the documentation is built: `make docs`. Every warning is an error."""

from gym_gui import __version__

project = "MOSAIC panel"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
exclude_patterns = ["images", "shots"]
html_theme = "furo"
html_title = f"MOSAIC panel {__version__}"

# Links to the headings of other pages, as they work on a repository's web page.
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_class_signature = "mixed"
default_role = "code"  # docstrings write code in single backticks
napoleon_numpy_docstring = False
napoleon_use_ivar = True
