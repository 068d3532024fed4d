"""What supervisors see and do: who waits and who works, every conversation and ticket, every customer."""
