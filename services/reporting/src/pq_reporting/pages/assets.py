"""Style sheet, script and fonts: their address carries a digest of what they are, so that they may be kept for ever.

Beside them the description of the events, which belongs to no service.
"""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Path, Response

from pq_common.contracts.documents import documents
from pq_common.errors import NotFound

router = APIRouter(include_in_schema=False)
FOREVER = "public, max-age=31536000, immutable"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
}
FONTS = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf")


class AssetNotFound(NotFound):
    """There is no such file, or it has changed since that address was written."""

    code = "asset_not_found"
    title_vi, title_en = "Không có tệp này", "No such file"


@cache
def asset(name: str) -> bytes:
    """Return a file of ours or one of the two fonts of the wheel."""
    if name in FONTS:
        return files("fontpkg_be_vietnam_pro").joinpath("files", name).read_bytes()
    content = files("pq_reporting.pages").joinpath("static", name).read_bytes()
    if name == "pq.css":
        for font in FONTS:
            content = content.replace(font.encode(), address(font).encode())
    return content


@cache
def address(name: str) -> str:
    """Return the path of an asset."""
    return f"/static/{hashlib.sha256(asset(name)).hexdigest()[:12]}/{name}"


@router.get("/static/{digest}/{name}")
async def read_asset(
    digest: str,
    name: str = Path(pattern=r"^(pq\.css|pq\.js|BeVietnamPro-(Regular|SemiBold)\.ttf)$"),
) -> Response:
    """Serve one file under the digest it has; under any other it is not there."""
    if address(name) != f"/static/{digest}/{name}":
        raise AssetNotFound(
            "Tệp đã đổi: hãy tải lại trang.", "The file has changed: load the page again."
        )
    kind = KINDS[name[name.rindex(".") :]]
    return Response(asset(name), media_type=kind, headers={"Cache-Control": FOREVER})


@router.get("/asyncapi.json")
async def read_asyncapi() -> Response:
    """Describe every event that the five services publish (AsyncAPI 3)."""
    return Response(
        _asyncapi(), media_type="application/json", headers={"Cache-Control": "no-cache"}
    )


@cache
def _asyncapi() -> bytes:
    return documents()["asyncapi.json"]
