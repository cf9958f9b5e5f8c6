import { z } from "zod";
import { durationSeconds, startOfLocalDate } from "../pipeline/windows";

/* The kinds of values that configuration has, each with its own words for what is wrong; see `schema.ts` for how they are put. */

const daySeconds = 86_400;

/** Longest name that the detection service takes for a column, and the form of any name. */
const columnNameLimit = 63;
/** Detectors' names become part of names that AWS limits to 63 characters, behind project and stack. */
const logicalNameLimit = 40;
const nameForm = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

/** Whether a text may name a source, a detector or an alert. */
export const isLogicalName = (name: string): boolean => nameForm.test(name) && name.length <= logicalNameLimit;

/** What a logical name has to be, as a clause. */
export const logicalNameClause = `is not a name; expected up to ${logicalNameLimit} letters, digits, - and _, the first a letter or digit`;

/** A text that has to pass a test; `clause` says what it is not and, behind "; expected", what it should be. */
const text = (clause: string, isValid: (value: string) => boolean, example: string) =>
    z
        .string({ error: clause })
        .refine(isValid, { error: clause })
        .meta({ examples: [example] });

/** A text of a certain form. */
export const form = (clause: string, pattern: RegExp, example: string) =>
    text(clause, (value) => pattern.test(value), example);

/** A duration between two bounds, both included. */
export const duration = (least: string, most: string, example: string) =>
    text(
        `is not a duration that fits; expected ISO 8601 from ${least} to ${most}, such as ${example}`,
        (value) =>
            isDuration(value) && isBetween(durationSeconds(value), durationSeconds(least), durationSeconds(most)),
        example,
    );

/** A whole number between two bounds, both included. */
export const wholeNumber = (clause: string, least: number, most: number, example: number) =>
    z
        .int({ error: clause })
        .min(least, { error: clause })
        .max(most, { error: clause })
        .meta({ examples: [example] });

/** A number above 0. */
export const positive = (clause: string, example: number) =>
    z
        .number({ error: clause })
        .positive({ error: clause })
        .max(1e15, { error: clause })
        .meta({ examples: [example] });

/** When an event begins or ends: a day, or an instant in UTC. */
export const timeOfEvent = (example: string) =>
    text(
        `is not a time; expected a day such as ${example}, or an instant such as ${example}T08:00:00Z`,
        (value) =>
            isDayText(value) ? isDay(value.slice(0, 10)) : instantForm.test(value) && !Number.isNaN(Date.parse(value)),
        example,
    );

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;

/** Whether a text is a day. YAML readers that know dates hand one on as midnight UTC. */
export const isDayText = (value: string): boolean => /^\d{4}-\d{2}-\d{2}(T00:00:00Z)?$/.test(value);

/** A name that the detection service takes for a column or a detector. */
export const columnName = (example: string) =>
    text(
        `is not a column name; expected up to ${columnNameLimit} letters, digits, - and _, the first a letter or digit`,
        (value) => nameForm.test(value) && value.length <= columnNameLimit,
        example,
    );

/** An IANA zone. */
export const timeZone = text("is not an IANA time zone; expected such as UTC or Europe/Berlin", isTimeZone, "UTC");

/** How a timestamp is written as text: `UNIX` or a Java date pattern. */
export const timestampFormat = text(
    "is not a timestamp format; expected UNIX or a pattern such as yyyy-MM-dd HH:mm:ss, other text in single quotes",
    isTimestampFormat,
    "yyyy-MM-dd HH:mm:ss",
);

/** A duration of whole days between two numbers of days, both included. */
export const wholeDays = (least: number, most: number, example: string) =>
    text(
        `is not a length of whole days; expected from P${least}D to P${most}D, such as ${example}`,
        (value) =>
            isDuration(value) &&
            isBetween(durationSeconds(value) / daySeconds, least, most) &&
            durationSeconds(value) % daySeconds === 0,
        example,
    );

/** The ARN of something that an alert can be sent to. */
export const targetArn = (service: string, pattern: RegExp, example: string) =>
    form(`is not the ARN of ${service}; expected such as ${example}`, pattern, example);

/** The ARN of an IAM role. */
export const roleArn = form(
    "is not the ARN of a role; expected such as arn:aws:iam::123456789012:role/alerts",
    /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    "arn:aws:iam::123456789012:role/alerts",
);

/** The base URL of an API, or nothing. */
export const endpoint = text(
    "is not a URL; expected such as https://lookout.example.com, or nothing for the service of this stack",
    (value) => value === "" || (/^https?:\/\//.test(value) && URL.canParse(value)),
    "https://lookout.example.com",
);

/** An e-mail address. */
export const email = form(
    "is not an e-mail address; expected such as ops@example.com",
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    "ops@example.com",
);

/** Whether a text is a date of the calendar, `yyyy-MM-dd`. */
export const isDay = (value: string): boolean => succeeds(() => startOfLocalDate(value, "UTC"));

/** Needs a year, a month and a day; whether a database can read the pattern its source says. */
function isTimestampFormat(value: string): boolean {
    if (value === "UNIX") {
        return true;
    }
    const letters = value.replace(/'[^']*'/g, "").match(/([a-zA-Z])\1*/g) ?? [];
    const known = letters.every((run) => /^(yyyy|yy|M{2,4}|dd|DD|HH|hh|mm|ss|S{1,9}|a|T|[XxZz]{1,5})$/.test(run));
    const parts = [/^yy/, /^MM/, /^(dd|DD)$/].every((part) => letters.some((run) => part.test(run)));
    return known && parts && value.length <= 63;
}

function isDuration(value: string): boolean {
    return succeeds(() => durationSeconds(value));
}

/** Fixed offsets such as +02:00, which newer runtimes take for zones, have no days of 23 hours and are refused. */
function isTimeZone(value: string): boolean {
    return !/^[+-]/.test(value) && succeeds(() => new Intl.DateTimeFormat("en", { timeZone: value }));
}

function isBetween(value: number, least: number, most: number): boolean {
    return least <= value && value <= most;
}

function succeeds(attempt: () => unknown): boolean {
    try {
        attempt();
        return true;
    } catch {
        return false;
    }
}
