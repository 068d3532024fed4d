"""Use cases of the service desk: each changes the records in one transaction."""
