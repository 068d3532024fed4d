"""A WeChat of one's own: the Official Account protocol on this machine, with phones in the browser.

It keeps the public contract (tokens, quotas, windows, retries, encryption), for trying the product without an account
and for its tests. It shares no code with the channel it is there to check, but the cipher.
"""
