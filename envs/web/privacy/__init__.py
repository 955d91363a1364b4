"""Personal data in web tasks: what must be given, what must not, and the ledger of what was disclosed where and how."""
