/**
 * The refusal of a request that a web page of another place sent: a browser would carry it to a service on loopback, whoever made the
 * page. Undefined for all others; clients that are no browsers send no origin.
 */
export function foreignOrigin(request: Request): Response | undefined {
    const origin = request.headers.get("origin");
    if (origin === null || isOwn(origin, request.headers.get("host"))) return undefined;
    const body = JSON.stringify({ Message: `Requests of web pages of ${origin.slice(0, 200)} are not answered.` });
    const headers = { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" };
    return new Response(body, { status: 403, headers });
}

function isOwn(origin: string, host: string | null): boolean {
    try {
        return new URL(origin).host === host;
    } catch {
        return false;
    }
}
