import type { ColumnKind } from "../metricSource";

/** Types by their number in the catalogue, where the category alone does not tell what they hold. */
const byNumber: Readonly<Record<number, ColumnKind>> = {
    1082: "date",
    1114: "timestamp",
    1184: "instant",
    // Money is written with the currency's sign, which nobody reads as a number.
    790: "other",
};

/** Types by the category that the catalogue puts them in; see `pg_type.typcategory`. Names of an enumeration are text. */
const byCategory: Readonly<Record<string, ColumnKind>> = { N: "number", S: "text", E: "text", B: "boolean" };

/** What a column holds, by the number of its type and the type's category. */
export function kindOf(typeNumber: number, category: string): ColumnKind {
    return byNumber[typeNumber] ?? byCategory[category] ?? "other";
}
