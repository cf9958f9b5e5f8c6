import { isNumber } from "./columns";
import { sure, unsure, type DetectedField } from "./detected";

/** Whether the first row names the columns: it holds no numbers or digits-only texts where the other rows do. */
export function detectHeader(rows: readonly (readonly string[])[]): {
    readonly has: boolean;
    readonly field: DetectedField;
} {
    const [first = [], ...rest] = rows;
    const isName = (text: string): boolean => /^[a-zA-Z_][^\r\n]{0,62}$/.test(text.trim());
    const names = first.every(isName) && new Set(first).size === first.length;
    if (!names) return { has: false, field: sure({ S: "false" }) };
    const differs = first.some((_, column) => rest.some((row) => isNumber(row[column] ?? "")));
    const field = differs
        ? sure({ S: "true" })
        : unsure({ S: "true" }, "The first row could be data as well: no other row holds a number.");
    return { has: true, field };
}
