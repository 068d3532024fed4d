"""The error that says what is wrong with a question put to the rules."""


class RuleInputError(ValueError):
    """The question cannot be decided as asked. The message (Chinese) says which field and what is wrong."""
