/** Longest subject that SNS takes, in characters. */
const maxSubject = 100;

/** A subject within what SNS allows: printable ASCII, no line break, at most 100 characters. */
export const subject = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, maxSubject);
