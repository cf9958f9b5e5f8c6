import assert from "node:assert/strict";
import type { LookoutMetricsServiceException, ValidationException } from "@aws-sdk/client-lookoutmetrics";
import type { ApiContext } from "../../../../detection/api/context";
import { cases } from "./cases";
import { contentOf } from "./content";
import { command, operations, statuses } from "./model";
import { openWorld, type World } from "./world";

describe("detection/api, conformance", () => {
    const known = operations();
    const generic = ["AccessDeniedException", "InternalServerException", "TooManyRequestsException"];

    it("tries every operation that the official client has, and each error of its model", () => {
        assert.equal(known.length, 30);
        assert.deepEqual(Object.keys(cases).sort(), known.map(({ name }) => name).sort());
        for (const { name, errors } of known) {
            const tried = [...Object.keys(cases[name]!.fails), ...Object.keys(cases[name]!.never ?? {})];
            const wanted = errors.filter((error) => !generic.includes(error));
            assert.deepEqual([...tried].sort(), [...wanted].sort(), name);
        }
    });

    describe("success", () => {
        for (const [name, { succeeds, members }] of Object.entries(cases))
            it(`answers ${name} with its members`, async () => {
                await withWorld({}, async (world) => {
                    const output = await send(world, name, succeeds(world));
                    const { $metadata, ...answer } = output;
                    const wanted = ["TagResource", "UntagResource"].includes(name) ? 204 : 200;
                    assert.equal($metadata.httpStatusCode, wanted);
                    assert.match($metadata.requestId ?? "", /^[0-9a-f-]{36}$/);
                    for (const path of members) assert.notEqual(at(answer, path), undefined, path);
                    if (members.length === 0) assert.deepEqual(answer, {});
                    await world.server.queue.idle();
                });
            });
    });

    describe("refusal", () => {
        let world: World;

        before(async () => {
            // Filled up: one alert, three detectors and one more on its way.
            world = await openWorld({ limits: { alerts: 1, detectors: 4 } });
            const { detectors } = world.server.services;
            const ready = (await detectors.read("ready"))!;
            await detectors.create({ ...ready, name: "starting", status: "ACTIVATING" });
        });

        after(() => world.close());

        for (const [name, { fails }] of Object.entries(cases))
            for (const [error, requests] of Object.entries(fails))
                it(`answers ${name} with ${error}, and changes nothing`, async () => {
                    const stored = await contentOf(world.objects);
                    for (const request of requests ?? []) {
                        const refusal = await refusalOf(world, name, request(world));
                        assert.equal(refusal.name, error, refusal.message);
                        requireMembers(refusal);
                    }
                    assert.equal(await contentOf(world.objects), stored);
                });
    });

    const troubles = [
        ["AccessDeniedException", () => Object.assign(new Error("no"), { name: "AccessDenied" })],
        ["InternalServerException", () => new Error("the disk is full")],
    ] as const;
    for (const [error, thrown] of troubles)
        it(`answers every operation that may with ${error} when the store fails so`, async () => {
            await withWorld({}, async (world) => {
                world.objects.before = () => {
                    throw thrown();
                };
                for (const { name, errors } of known) {
                    const refusal = await refusalOf(world, name, cases[name]!.succeeds(world));
                    // The model knows no refused access for tags.
                    assert.equal(refusal.name, errors.includes(error) ? error : "InternalServerException", name);
                    requireMembers(refusal);
                    assert.ok(!/disk/.test(refusal.message), "what failed inside is the service's own affair");
                }
            });
        });

    it("answers every operation that may with TooManyRequestsException, once a limit is set", async () => {
        await withWorld({ limits: { callsPerSecond: 0.5 } }, async (world) => {
            await send(world, "ListAnomalyDetectors", {});
            for (const { name, errors } of known) {
                if (!errors.includes("TooManyRequestsException")) continue;
                const refusal = await refusalOf(world, name, cases[name]!.succeeds(world));
                assert.equal(refusal.name, "TooManyRequestsException", name);
                requireMembers(refusal);
            }
            await send(world, "ListTagsForResource", cases.ListTagsForResource!.succeeds(world));
            world.server.now += 2000;
            await send(world, "ListAnomalyDetectors", {});
        });
    });
});

/** Gives the world back however the test ends: an open server keeps the process alive. */
async function withWorld(more: Partial<ApiContext>, test: (world: World) => Promise<void>): Promise<void> {
    const world = await openWorld(more);
    try {
        await test(world);
    } finally {
        await world.close();
    }
}

interface Output {
    readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

async function send(world: World, name: string, input: object): Promise<Output> {
    return world.api.send(command(name, input));
}

async function refusalOf(world: World, name: string, input: object): Promise<LookoutMetricsServiceException> {
    try {
        await send(world, name, input);
    } catch (error) {
        return error as LookoutMetricsServiceException;
    }
    return assert.fail(`${name} succeeded with ${JSON.stringify(input).slice(0, 300)}`);
}

/** The members that the API's model gives each error, and its status. */
function requireMembers(error: LookoutMetricsServiceException): void {
    assert.equal(error.$metadata.httpStatusCode, statuses[error.name], error.message);
    assert.notEqual(error.message, "");
    assert.match(error.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/);
    if (error.name === "ValidationException") requireReason(error as ValidationException);
    const { ResourceId, ResourceType, QuotaCode, ServiceCode } = error as unknown as Record<string, unknown>;
    if (["ResourceNotFoundException", "ConflictException", "ServiceQuotaExceededException"].includes(error.name))
        assert.ok(ResourceId !== undefined && ResourceType !== undefined, error.message);
    if (error.name === "ServiceQuotaExceededException")
        assert.ok(QuotaCode !== undefined && ServiceCode === "lookoutmetrics");
}

function requireReason({ Reason, Fields }: ValidationException): void {
    assert.ok(["FIELD_VALIDATION_FAILED", "OTHER"].includes(Reason ?? ""), Reason);
    if (Reason !== "FIELD_VALIDATION_FAILED") return;
    assert.ok(Fields!.length > 0);
    for (const { Name, Message } of Fields!) assert.ok(Name && Message);
}

function at(value: unknown, path: string): unknown {
    return path
        .split(".")
        .reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], value);
}
