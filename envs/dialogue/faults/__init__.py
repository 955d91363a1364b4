"""Devices and accounts, what can be wrong with them, and how a customer speaks of it: the data of customer service."""
