import { ConfigError, LookoutError, type Problem, SourceBusyError } from "../../errors";
import type { Column } from "../../sources/metricSource";
import { timestampColumn } from "./columns";
import { type Checked, detectorKey, type Finding, sourceKey } from "./findings";

/** What a database, or a service in front of it, says, and what it means for the configuration. First match counts. */
interface Cause {
    readonly says: RegExp;
    readonly key: (checked: Checked) => string;
    readonly fix: (checked: Checked) => string;
}

const ofSource = ({ spec }: Checked): string => sourceKey(spec.source);
const ofQuery = ({ detector }: Checked): string => detectorKey(detector, "query");

const causes: readonly Cause[] = [
    {
        says: /could not load credentials|unable to (load|locate) credentials|ExpiredToken|(security )?token .{0,40}(is|has) expired|sso session/i,
        key: ofSource,
        fix: () =>
            "sign in to AWS, or give credentials in the environment (AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); aws sts get-caller-identity tells whose they are",
    },
    {
        says: /is not authorized to perform|AccessDeniedException/i,
        key: ofSource,
        fix: (checked) =>
            `allow the AWS identity that asks what the extractor's role of ${ofSource(checked)} may do; docs/security.md lists it`,
    },
    {
        says: /password authentication failed|access denied for user|authentication (failed|failure)|invalid (username|credentials|password|login)|incorrect username or password|jwt token is invalid|no pg_hba\.conf entry/i,
        key: ofSource,
        fix: (checked) => `write the database's present user and password into the secret of ${ofSource(checked)}`,
    },
    {
        says: /certificate|\bTLS\b|\bSSL\b/i,
        key: ofSource,
        fix: (checked) =>
            `give the certificate of the server's authority in ${ofSource(checked)}, and the host by the name in its certificate`,
    },
    {
        says: /permission denied|insufficient .{0,40}(privileges?|permissions?)|select command denied|access ?denied|does not have (the )?.{0,40}privilege/i,
        key: ofQuery,
        fix: (checked) =>
            `grant the database user, or the role, of ${ofSource(checked)} what the query needs; the source's page lists it`,
    },
    {
        says: /(relation|table|view|object)\b.{0,120}(does not exist|doesn'?t exist|not found|cannot be resolved)|TABLE_NOT_FOUND|no such table/is,
        key: ofQuery,
        fix: (checked) =>
            `correct the table's name or its schema in ${ofQuery(checked)}, or name the right database in ${ofSource(checked)}`,
    },
    {
        says: /column\b.{0,120}(does not exist|doesn'?t exist|not found|cannot be resolved)|unknown column|invalid identifier|COLUMN_NOT_FOUND|no such column/is,
        key: ofQuery,
        fix: (checked) => `correct the column's name in ${ofQuery(checked)}`,
    },
    {
        says: /syntax error|error in your sql syntax|mismatched input|parser error|unexpected (token|keyword|'|")/i,
        key: ofQuery,
        fix: (checked) => `correct the SQL of ${ofQuery(checked)}`,
    },
    {
        says: /database "[^"]*" does not exist|unknown database|(endpoint|cluster|workgroup).{0,60}(doesn'?t exist|not found)/i,
        key: ofSource,
        fix: (checked) => `correct the database, the host or the cluster of ${ofSource(checked)}, and the region`,
    },
];

/** What a database says of a text that is no timestamp, or of a format that does not fit. */
const conversion =
    /invalid (input syntax|value)|date\/time field|conversion error|could not (parse|convert)|invalid (timestamp|date)|cannot (cast|parse)|error converting|bad format|to_timestamp|strptime|not recognized/i;

/**
 * The finding that a failed look at the database amounts to. What the source worded with a remedy of its own stays as it is. A busy or
 * unreachable database is an error too: what calls this decides whether to try again. Null for an error that is not one of ours.
 */
export function failureFindings(checked: Checked, error: unknown, columns: readonly Column[] = []): Finding[] | null {
    if (!(error instanceof LookoutError)) return null;
    if (error instanceof ConfigError) return error.problems.map((problem) => whole(checked, problem, "error"));
    const text = said(checked, error.message);
    // The source's own remedy knows more than a general one.
    const hasRemedy = /lookout:(sources|detectors)\./.test(text);
    const found = (key: string, fix: string | undefined): Finding[] => [
        { severity: "error", key, finding: text, ...(hasRemedy || fix === undefined ? {} : { fix }) },
    ];
    if (error instanceof SourceBusyError) {
        const fix = "see that the database runs, is not overloaded, and can be reached from here; then try again";
        return found(ofSource(checked), fix);
    }
    const format = formatFailure(checked, text, columns);
    if (format !== undefined) return [format];
    const cause = causes.find(({ says }) => says.test(text));
    const key = remedied(text) ?? (cause?.key ?? (error.name === "NotFoundError" ? ofSource : ofQuery))(checked);
    return found(key, cause?.fix(checked));
}

/** What a source says of a spec that works and is probably not meant so. */
export const adviceFindings = (checked: Checked, advice: readonly Problem[]): Finding[] =>
    advice.map((problem) => whole(checked, problem, "warning"));

/** An error's text for a finding: the key says already which source and detector it is about. */
function said({ detector, spec }: Checked, message: string): string {
    // A source that is asked to describe a query does not know for whom.
    const text = oneLine(message).replaceAll("<detector>", detector);
    const prefix = `Source ${spec.source}`;
    return text.startsWith(prefix)
        ? text.slice(prefix.length).replace(/^(, detector [^\s,:]+)?(, window [^\s,]+)?: /, "")
        : text;
}

/** The key that a source's own remedy begins with: it knows best what has to change. */
const remedied = (text: string): string | undefined => /\bCorrect (lookout:[\w.[\]-]*[\w\]])/.exec(text)?.[1];

/** A source that finds a problem in a spec knows neither the detector nor its own name. */
function whole({ detector, spec }: Checked, { key, finding, fix }: Problem, severity: Finding["severity"]): Finding {
    const full = key.startsWith("lookout:")
        ? key
        : key === "sourceTimeZone"
          ? sourceKey(spec.source, key)
          : detectorKey(detector, key);
    return {
        severity,
        key: full,
        finding: oneLine(finding),
        ...(fix === undefined ? {} : { fix: oneLine(fix) }),
    };
}

/** A timestamp in a text that cannot be read in its format, or in the default one. */
function formatFailure(checked: Checked, text: string, columns: readonly Column[]): Finding | undefined {
    const column = timestampColumn(checked, columns);
    if (column?.kind !== "text" || !conversion.test(text)) return undefined;
    const key = detectorKey(checked.detector, "timestamp.format");
    const { format } = checked.spec.timestamp;
    return {
        severity: "error",
        key,
        finding: `"${column.name}" is text (${column.type}) and cannot be read as ${JSON.stringify(format)}: ${text}`,
        fix: `set ${key} to how it is written, as in dd.MM.yyyy HH:mm, or give a timestamp in ${ofQuery(checked)}`,
    };
}

/** On one line and without the full stop that follows a finding. */
const oneLine = (text: string): string =>
    text
        .replace(/\s*\n\s*/g, " ")
        .trim()
        .replace(/[.\s]+$/, "");
