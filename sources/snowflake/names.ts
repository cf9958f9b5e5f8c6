/** Where an account's SQL API is reached: `my_account` has a hyphen in a host's name, and China a domain of its own. */
export function hostOf(account: string): string {
    const domain = /\.cn-[a-z0-9-]+$/i.test(account) ? "snowflakecomputing.cn" : "snowflakecomputing.com";
    return `${account.toLowerCase().replaceAll("_", "-")}.${domain}`;
}

/**
 * The account as a sign-in token names it: upper case, and without region and cloud. From "Using key-pair authentication",
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating.
 */
export function accountOf(account: string): string {
    const end = /\.global\b/i.test(account) ? account.indexOf("-") : account.indexOf(".");
    return (end > 0 ? account.slice(0, end) : account).toUpperCase();
}

const plainName = /^[A-Za-z_][\w$]*$/;

/**
 * A column's name, quoted so that any character in it is harmless. Snowflake keeps names that were written without quotes in upper
 * case: a plain name means that, however it is written here.
 */
export function quoteColumn(name: string): string {
    return quoteExactly(plainName.test(name) ? name.toUpperCase() : name);
}

/** A name, quoted and kept as it is. */
export function quoteExactly(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
}

/** The name that `quoteColumn` would have to be given for a column that is called so. */
export function columnName(found: string): string {
    return plainName.test(found) && found === found.toUpperCase() ? found.toLowerCase() : found;
}

/** A name of configuration, written as in SQL, as the API takes it: exact. */
export function exactName(name: string): string {
    return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();
}
