"""A verification service: POST a file to /verify, get its report as JSON, ETSI XML or SiVa's JSON.

It keeps nothing and answers with no content of a transcript. Run it as `uvicorn
verification_service:app` behind a proxy that ends TLS and limits how often one caller may ask.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final, Literal

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from hocba_sign import TrustStore, Verifier

MAX_OCTETS: Final = 20_000_000
MAX_AT_ONCE: Final = 4
MAX_UPLOAD_SECONDS: Final = 30


def service(verifier: Verifier) -> FastAPI:
    """Return an application that judges with `verifier`, which all its threads share."""
    app, turns = FastAPI(openapi_url=None), asyncio.Semaphore(MAX_AT_ONCE)

    @app.post("/verify")
    async def verify(request: Request, form: Literal["json", "etsi", "siva"] = "json") -> Response:
        if turns.locked():
            raise HTTPException(503, "busy", headers={"Retry-After": "2"})
        async with turns:
            body = await _body(request)
            now = datetime.now(UTC)
            report = await run_in_threadpool(verifier.verify, body, at=now, name="upload")
        match form:
            case "etsi":
                return Response(report.to_etsi(), media_type="application/xml")
            case "siva":
                return JSONResponse(report.to_siva("vi"))
            case "json":
                return JSONResponse(report.to_dict())

    return app


async def _body(request: Request) -> bytes:
    """Read the file within its limits, whatever length the caller states."""
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_UPLOAD_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MAX_OCTETS:
                    raise HTTPException(413, "too large")
    except TimeoutError:
        raise HTTPException(408, "too slow") from None
    return bytes(body)


app = service(Verifier(trust=TrustStore.vietnam()))
