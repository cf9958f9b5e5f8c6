import type { Settings } from "./settings";

/** Temporary tables of a back-test's database: what the files hold by interval and combination, and the combinations. */
export const cells = "lookout_cells";
export const members = "lookout_members";

/** Columns of both that hold the dimension values. */
export const dimensionNames = ({ dimensions }: Settings): string[] => dimensions.map((_, d) => `d${d}`);

/** Condition on a cell: one of its measures is a number. */
export const hasNumber = ({ measures }: Settings): string => measures.map((_, m) => `m${m} is not null`).join(" or ");

/** Numbers as people read them, alone and with their noun. */
export const number = (value: number): string => value.toLocaleString("en-US");
export const count = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
