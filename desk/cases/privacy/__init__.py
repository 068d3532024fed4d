"""One person's data: handed out, taken away; and how long data are kept.

`export.of_customer`, `erase.customer` and `retention.run` are what pages, commands and the clock call.
"""
