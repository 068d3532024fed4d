"""What a telephone call does in the records: begun, heard, ended, and what of it is left for the morning."""
