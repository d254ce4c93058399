"""The sandbox through its own front door: the official SDK over HTTP, and the control routes."""
