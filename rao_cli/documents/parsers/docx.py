"""Turn a Word document into text with headings: mammoth makes HTML of it, parsers/html.py text of that.

Pictures are not read, and nothing that the document links to is opened. Limits: page numbers, page headers and
footers are not in the result; headings are those with a heading style.
"""

import io
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError
from rao_cli.documents.parsers.html import convert
from rao_cli.documents.parsers.zips import check_zip

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, EOFError, LookupError, OSError, TypeError, ValueError)


def parse(data: bytes, options: Options) -> Content:
    """Return what parsers/html.py makes of the document.

    Raises RefusedError for one that is damaged, encrypted or too large, or when mammoth is not installed.
    """
    check_zip(data)
    try:
        import mammoth
    except ImportError as e:
        raise RefusedError("missing") from e
    import zipfile
    import zlib
    from xml.parsers.expat import ExpatError
    from xml.sax import SAXException

    try:
        pictures = mammoth.images.img_element(_no_source)
        done = mammoth.convert_to_html(io.BytesIO(data), convert_image=pictures, style_map=_STYLES)
    # A parser meets damage of every kind, and does not promise which error it answers with.
    except (zipfile.BadZipFile, zlib.error, ExpatError, SAXException, *_DAMAGE_ERRORS) as e:
        raise RefusedError("corrupt") from e
    return convert(f"<body>{done.value}", options)


def _no_source(_image: Any) -> dict[str, str]:
    """Leave a picture's bytes unread; its description stays."""
    return {}
