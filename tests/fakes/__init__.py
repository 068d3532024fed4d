"""Stand-ins that speak a real protocol over a real socket."""
