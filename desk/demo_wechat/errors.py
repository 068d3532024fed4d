"""What WeChat answers when it refuses."""


class ApiError(Exception):
    """An errcode with its errmsg; HTTP stays 200."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
