/**
 * Whether a request was sent by a web page of another place: a browser would carry it to a service on loopback, whoever made the page.
 * Clients that are no browsers send no origin.
 */
export function foreignOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return false;
    return !URL.canParse(origin) || new URL(origin).host !== host;
}
