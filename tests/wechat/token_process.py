"""A process that wants the access token and prints it."""

from desk.channels.wechat.client import client

if __name__ == "__main__":
    caller = client("")
    assert caller is not None
    print(caller.token())
