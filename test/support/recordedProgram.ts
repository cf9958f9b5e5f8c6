import { evaluateProgram, type RecordedProgram } from "../../local/program/recordedProgram";

export { RecordedProgram, type RecordedResource, statementsOf } from "../../local/program/recordedProgram";

const recorded = new Map<string, Promise<RecordedProgram>>();

/**
 * Evaluates index.ts for the stack `dev`, with configuration over that of `Pulumi.dev.yaml`; creates nothing. Once for each
 * configuration, since the program depends on nothing else.
 */
export function recordProgram(
    config: Readonly<Record<string, unknown>> = {},
    preview = false,
): Promise<RecordedProgram> {
    const key = JSON.stringify([config, preview]);
    const program = recorded.get(key) ?? evaluateProgram(config, preview);
    recorded.set(key, program);
    return program;
}
