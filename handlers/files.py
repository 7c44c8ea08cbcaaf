"""The hosted datasets, `GET /files/<token>`: the provider fetches exactly the bytes that were inspected.

It knows no archive and makes no link: who may read what is the resolver's to say, and every no is the same.
Nothing is listed, kept by those on the way, or found by a search engine.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class _Archive(FileResponse):
    """Read in larger pieces than Starlette does, each in a thread: an archive has hundreds of megabytes."""

    chunk_size = 1024 * 1024


def files_route(resolve: Callable[[str], Awaitable[Path | None]]) -> Route:
    """Return `GET` and `HEAD /files/<token>`, whole or in ranges; `resolve` says which file a token is.

    A file is named by what it holds, so its name is its ETag: a transfer that broke off goes on where it
    was, also after the file was kept anew. It is read to its end even if it is removed meanwhile.
    """

    async def files(request: Request) -> Response:
        path = await resolve(request.path_params["token"])
        if path is None:
            return PlainTextResponse("Not Found", 404, HEADERS)  # the words for any path that is not ours
        return _Archive(
            path,
            headers=HEADERS | {"ETag": f'"{path.name}"'},
            media_type="application/zip",
            filename="dataset.zip",
        )

    return Route("/files/{token}", files, methods=["GET"])
