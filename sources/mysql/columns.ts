import type { FieldPacket } from "mysql2";
import type { Column, ColumnKind } from "../metricSource";

/** What the server calls a column's type on the wire: MySQL's name for it, and what it holds. */
const types: Readonly<Record<number, readonly [type: string, kind: ColumnKind]>> = {
    0: ["DECIMAL", "number"],
    1: ["TINYINT", "number"],
    2: ["SMALLINT", "number"],
    3: ["INT", "number"],
    4: ["FLOAT", "number"],
    5: ["DOUBLE", "number"],
    7: ["TIMESTAMP", "instant"],
    8: ["BIGINT", "number"],
    9: ["MEDIUMINT", "number"],
    10: ["DATE", "date"],
    11: ["TIME", "text"],
    12: ["DATETIME", "timestamp"],
    13: ["YEAR", "number"],
    15: ["VARCHAR", "text"],
    16: ["BIT", "other"],
    245: ["JSON", "text"],
    246: ["DECIMAL", "number"],
    247: ["ENUM", "text"],
    248: ["SET", "text"],
    249: ["TINYTEXT", "text"],
    250: ["MEDIUMTEXT", "text"],
    251: ["LONGTEXT", "text"],
    252: ["TEXT", "text"],
    253: ["VARCHAR", "text"],
    254: ["CHAR", "text"],
    255: ["GEOMETRY", "other"],
};

/** The character set that stands for bytes which are no text. */
const binary = 63;
const binaryNames: Readonly<Record<string, string>> = { CHAR: "BINARY", VARCHAR: "VARBINARY" };

/** Flags of a column that is sent as text and declared as one of a set of values. */
const enumFlag = 0x100;
const setFlag = 0x800;

/** A column of a result, by its name and by what the table or the expression gives. */
export function columnOf({ name, columnType, characterSet, flags }: FieldPacket): Column {
    const [type, kind] = types[columnType ?? -1] ?? ["", "other"];
    if (kind !== "text") return { name, type, kind };
    const flag = Number(flags);
    if ((flag & enumFlag) !== 0) return { name, type: "ENUM", kind };
    if ((flag & setFlag) !== 0) return { name, type: "SET", kind };
    const isBytes = characterSet === binary && (columnType ?? 0) >= 249;
    return isBytes
        ? { name, type: binaryNames[type] ?? type.replace("TEXT", "BLOB"), kind: "other" }
        : { name, type, kind };
}
