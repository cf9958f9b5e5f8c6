/** Text as a literal of DuckDB. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
