"""The service database: models, sessions, migrations."""
