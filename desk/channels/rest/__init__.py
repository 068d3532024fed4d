"""The API for integrators, under /api/v1; errors are RFC 9457 problem documents."""
