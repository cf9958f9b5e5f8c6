import assert from "node:assert/strict";
import { backfillDefinition } from "../../../components/machines/backfill";
import { liveDefinition } from "../../../components/machines/live";
import type { Definition, State } from "../../../components/machines/states";
import { checkMachine } from "../../../local/cloud/machineRun";
import { busyErrors, transientErrors } from "../../../pipeline/errorNames";
import { statesOf } from "../../support/playMachine";
import { functions } from "./functions";

const definitions = { live: liveDefinition(functions), backfill: backfillDefinition(functions) };
const knownErrors: readonly string[] = [...busyErrors, ...transientErrors, "States.ALL", "States.TaskFailed"];

/** The States Language's own pieces of a machine, each with its states. */
function* pieces(definition: Definition): Generator<Definition> {
    yield definition;
    for (const state of Object.values(definition.States)) {
        if (state.Type === "Map") {
            yield* pieces(state.ItemProcessor);
        }
    }
}

function targets(state: State): string[] {
    return [
        ...("Next" in state ? [state.Next] : []),
        ...("Catch" in state ? (state.Catch ?? []).map((one) => one.Next) : []),
        ...(state.Type === "Choice" ? [...state.Choices.map((one) => one.Next), state.Default] : []),
    ];
}

describe("components/machines/backfill", () => {
    it("ends within a day, in which asking for a detector each minute makes 1,440 polls", () => {
        assert.equal(definitions.backfill.TimeoutSeconds, 1440 * 60);
    });
});

for (const [name, definition] of Object.entries(definitions)) {
    describe(`components/machines/${name}`, () => {
        it("is a definition that the interpreter accepts", async () => {
            await assert.doesNotReject(checkMachine(JSON.stringify(definition)));
        });

        it("leads every transition to a state, and reaches every state", () => {
            for (const { StartAt, States } of pieces(definition)) {
                const reached = new Set([StartAt, ...Object.values(States).flatMap(targets)]);
                assert.deepEqual([...reached].sort(), Object.keys(States).sort());
            }
        });

        it("limits the time of every task and of the whole", () => {
            assert.ok(definition.TimeoutSeconds! > 0);
            for (const [state, { Type, ...rest }] of statesOf(definition)) {
                if (Type === "Task") {
                    const { TimeoutSeconds } = rest as { TimeoutSeconds?: number };
                    assert.ok(TimeoutSeconds! > 0 && TimeoutSeconds! < definition.TimeoutSeconds!, state);
                }
            }
        });

        it("gives functions longer than their own timeout", () => {
            const commit = [...statesOf(definition)].find(([state]) => state === "Commit")![1];
            assert.equal(
                "TimeoutSeconds" in commit && commit.TimeoutSeconds,
                functions.commitWindow.timeoutSeconds + 30,
            );
        });

        it("retries and catches only errors that are known by name", () => {
            for (const [state, value] of statesOf(definition)) {
                const handled = [
                    ...("Retry" in value ? (value.Retry ?? []) : []),
                    ...("Catch" in value ? (value.Catch ?? []) : []),
                ].flatMap((one) => one.ErrorEquals);
                assert.deepEqual(
                    handled.filter((error) => !knownErrors.includes(error)),
                    [],
                    state,
                );
            }
        });

        it("tries again later and later, and not everybody at the same moment", () => {
            for (const [state, value] of statesOf(definition))
                for (const retrier of "Retry" in value ? (value.Retry ?? []) : []) {
                    assert.equal(retrier.JitterStrategy, "FULL", state);
                    assert.ok(retrier.BackoffRate >= 2, state);
                }
        });

        it("catches what any task throws, except where a window is parked", () => {
            const uncaught = [...statesOf(definition)]
                .filter(([, state]) => state.Type === "Task" && state.Catch === undefined)
                .map(([state]) => state);
            assert.deepEqual(uncaught, ["Park"]);
        });

        it("retries every call that Lambda itself refused", () => {
            for (const [state, value] of statesOf(definition)) {
                if (value.Type === "Task" && value.Resource.endsWith(":lambda:invoke")) {
                    const retried = value.Retry?.flatMap((one) => one.ErrorEquals) ?? [];
                    assert.ok(
                        transientErrors.every((error) => retried.includes(error)),
                        state,
                    );
                }
            }
        });

        it("pauses a minute between attempts, so that eight outlast the minutes a new role needs", () => {
            const pause = [...statesOf(definition)].find(([state]) => state === "Pause")![1];
            assert.equal("Seconds" in pause && pause.Seconds, 60);
        });

        it("names every service in the partition that it is deployed to", () => {
            const china = { ...functions, partition: "aws-cn" };
            const text = JSON.stringify(name === "live" ? liveDefinition(china) : backfillDefinition(china));
            assert.deepEqual([...new Set(text.match(/arn:[^:]+:states/g))], ["arn:aws-cn:states"]);
        });
    });
}
