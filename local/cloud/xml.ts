import { XMLParser } from "fast-xml-parser";

const parser = new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    isArray: (name) => name === "Object" || name === "Part",
});

/** Text as it may stand between two tags. */
export function escapeXml(text: string): string {
    return text.replace(/[&<>"\r\n\t]/g, (character) => entities[character]!);
}

const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\r": "&#13;",
    "\n": "&#10;",
    "\t": "&#9;",
};

/** One element for each value; values that are undefined are left out. Values are escaped, nested XML comes in `nested`. */
export function xmlElements(
    values: Readonly<Record<string, string | number | boolean | undefined>>,
    nested = "",
): string {
    const texts = Object.entries(values).map(([name, value]) =>
        value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`,
    );
    return texts.join("") + nested;
}

/** A document as nested records and texts. Throws an Error when it is not XML. */
export function parseXml(text: string): Record<string, unknown> {
    return parser.parse(text, true) as Record<string, unknown>;
}
