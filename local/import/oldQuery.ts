/** A note on a query that was written for the old connector's crawls, or undefined when there is nothing to change. */
export function clockNote(sql: string): string | undefined {
    const found = /\b(sysdate\b|current_date\b|current_timestamp\b|(?:getdate|now|dateadd)\s*\()/i.exec(sql)?.[1];
    if (found === undefined) return undefined;
    const line = sql.slice(0, sql.indexOf(found)).split("\n").length;
    return (
        `line ${line} of the query bounds its rows by the clock (${found.replace(/\s*\($/, "")}): take that condition out. Each window's bounds are ` +
        "put around the query; or write {{start}} and {{end}} where they belong"
    );
}

/** The query without the semicolon that ends it, which cannot stand inside an UNLOAD. */
export function bareQuery(sql: string): string {
    return sql.replace(/^\uFEFF/, "").replace(/[\s;]+$/, "");
}
