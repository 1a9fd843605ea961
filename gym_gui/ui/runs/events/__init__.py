"""The Events tab: lifecycle events with their payloads."""
