"""What administrators look after: people, texts, rules, channels, keys, data."""

from desk.console.admin import articles, audit, channels, content, hours, imports, keys, policies, privacy, rota, staff

PARTS = (staff, content, articles, hours, rota, policies, channels, keys, imports, privacy, audit)
