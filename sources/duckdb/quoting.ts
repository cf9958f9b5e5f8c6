/** Text as a literal of DuckDB. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name, quoted so that any character in it is harmless. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
