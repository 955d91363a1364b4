"""Exploration probes: small worlds of our own, each hard in one way and scaled along one axis."""
