/** A value of the API's own kind: text, a number as text, or a list of texts. */
export type AttributeValue = { readonly S: string } | { readonly N: string } | { readonly SS: readonly string[] };

/** Something that was read out of data, and how sure it is. */
export interface DetectedField {
    /** Absent where nothing could be said. */
    readonly Value?: AttributeValue;
    readonly Confidence: "HIGH" | "LOW" | "NONE";
    readonly Message?: string;
}

export const sure = (Value: AttributeValue): DetectedField => ({ Value, Confidence: "HIGH" });
export const unsure = (Value: AttributeValue, Message: string): DetectedField => ({
    Value,
    Confidence: "LOW",
    Message,
});
export const unknown = (Message: string): DetectedField => ({ Confidence: "NONE", Message });
