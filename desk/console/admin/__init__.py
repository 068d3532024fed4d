"""What administrators look after: people, texts, rules, channels, keys, data."""

from desk.console.admin import (
    articles,
    audit,
    channels,
    content,
    hours,
    imports,
    keys,
    planning,
    policies,
    privacy,
    rota,
    staff,
)

PARTS = (staff, content, articles, hours, rota, planning, policies, channels, keys, imports, privacy, audit)
