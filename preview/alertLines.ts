/** An alert, as far as a preview tells of it. */
export interface ToldAlert {
    readonly threshold: number;
    readonly sns?: string;
    readonly lambda?: string;
    readonly role?: string;
    readonly format?: string;
    readonly measures: readonly string[];
    readonly dimensions: Readonly<Record<string, readonly string[]>>;
}

/** Whom a detector would tell of what, a line each. */
export function alertLines(alerts: Readonly<Record<string, ToldAlert>>): string[] {
    const entries = Object.entries(alerts);
    if (entries.length === 0) return ["Alerts: none; nobody is told of its anomalies"];
    return ["Alerts:", ...entries.map(([name, alert]) => `    ${name}: ${whatOf(alert)} to ${whomOf(alert)}`)];
}

function whatOf({ threshold, measures, dimensions }: ToldAlert): string {
    const of = measures.length === 0 ? "of any measure" : `of ${measures.join(", ")}`;
    const where = Object.entries(dimensions).map(([dimension, values]) => `${dimension} is ${values.join(" or ")}`);
    return `anomalies ${of} from severity ${threshold} on${where.length === 0 ? "" : `, where ${where.join(" and ")}`}`;
}

function whomOf({ sns, lambda, role, format }: ToldAlert): string {
    const target = sns === undefined ? `the function ${lambda}` : `the topic ${sns} as ${format ?? "JSON"}`;
    return role === undefined ? target : `${target}, by the role ${role}`;
}
