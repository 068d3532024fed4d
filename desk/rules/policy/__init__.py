"""Policy data shipped with the product."""
