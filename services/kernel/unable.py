"""What the person at the keyboard can put right: a busy port, a full disk, a missing tool."""


class Unable(Exception):  # noqa: N818 - it names what the platform is, as refusals do
    """One sentence: what is wrong and the way out; the command line prints it without a traceback."""
