import { openApiDocument } from "../../detection/api/own/openApi";

/** The service's OpenAPI description as docs/openapi.json holds it. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;
