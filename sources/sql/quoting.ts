/** A name in double quotes, as standard SQL has it, so that any character in it is harmless. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
