"""The lines between the chunks of a body, without what llhttp does not understand in them.

RFC 9112 section 7.1.1 allows blanks around the `;` and the `=` of a chunk extension, and llhttp refuses them. Its
leniency for blanks covers only those directly after the size. Nobody reads the extensions, so they are left out here.
llhttp still judges the size, the line break after each chunk and the trailers: where it would count otherwise than this
module, the response ends as broken instead of being read in two ways.
"""

import re

from host.http.failure import Failure

_LONGEST_LINE = 8 * 1024
"""Bytes of a size and its extensions. Real extensions (signatures of object stores) have about a hundred."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'
_EXTENSION = rb"[ \t]*+;[ \t]*+%s(?:[ \t]*+=[ \t]*+(?:%s|%s))?" % (_TOKEN, _TOKEN, _QUOTED)

# The grammar of RFC 9112 section 7.1, possessive so that no line can make it try twice. Blanks may also end the line:
# older servers pad the size with them.
_LINE = re.compile(rb"([0-9A-Fa-f]++)((?:%s)*+[ \t]*+)\r\n" % _EXTENSION)


class ChunkLines:
    """Follows a chunked body from its first byte, however the bytes are cut."""

    def __init__(self) -> None:
        self._cut_line = b""
        self._left_of_chunk = 0
        self._has_ended = False

    def without_extensions(self, content: bytes) -> bytes:
        """What llhttp is fed for `content`. The beginning of a line is kept back until its end has come."""
        content, self._cut_line = self._cut_line + content, b""
        kept: list[bytes] = []
        copied = at = 0  # What comes before `copied` is in `kept`; `at` is where the next line begins.
        while not self._has_ended:
            at += self._left_of_chunk
            self._left_of_chunk = max(at - len(content), 0)
            if at >= len(content):
                break
            line = _LINE.match(content, at)
            if line is None or line.end() - at > _LONGEST_LINE:
                self._cut_line = _beginning_of_line(content[at:])
                content = content[:at]
                break
            size, extensions = line.groups()
            if extensions:
                kept += (content[copied:at], size, b"\r\n")
                copied = line.end()
            at = line.end()
            length = int(size, 16)
            # The last chunk has no data: what follows are trailers and the final line break.
            self._has_ended = length == 0
            self._left_of_chunk = length + len(b"\r\n")
        return b"".join((*kept, content[copied:])) if copied else content


def _beginning_of_line(rest: bytes) -> bytes:
    """`rest`, if it can still become a line. Raises `Failure`."""
    if len(rest) > _LONGEST_LINE or b"\n" in rest:
        raise Failure("broken")
    return rest
