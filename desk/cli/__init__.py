"""The command line `aftercare`."""
