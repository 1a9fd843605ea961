"""Workers to probe."""

from tests.installed_workers import install, site

__all__ = ["install", "site"]
