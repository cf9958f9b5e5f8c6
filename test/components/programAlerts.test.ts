import assert from "node:assert/strict";
import { recordProgram } from "../support/recordedProgram";
import { shop, types } from "./programParts";

describe("index.ts, alerts", () => {
    describe("its alerts", () => {
        const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
        const lambda = "arn:aws:lambda:us-east-1:123456789012:function:page";
        const role = "arn:aws:iam::210987654321:role/alerts";
        const alerts = {
            oncall: { threshold: 70, sns: topic },
            page: { threshold: 90, lambda },
            partner: { threshold: 90, sns: "arn:aws:sns:us-east-1:210987654321:partner", role },
        };
        const allowed = {
            "lookout:detection": {
                allowedRoles: [role],
                consoleUrl: "https://lookout.example.com",
                limits: { alerts: 5 },
            },
        };
        const record = () => recordProgram({ "lookout:detectors": { shop: { ...shop, alerts } }, ...allowed });

        it("let the worker tell the stack's own targets, and assume the roles that are allowed, and no more", async () => {
            const program = await record();
            const worker = program.statements().filter(({ policy }) => policy === "detection-worker-policy");
            const resources = (action: string) =>
                worker.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
            assert.deepEqual(resources("sns:Publish"), [topic]);
            assert.deepEqual(resources("sts:AssumeRole"), [role]);
            assert.deepEqual(
                resources("lambda:InvokeFunction").filter((arn) => arn === lambda),
                [lambda],
            );
            assert.deepEqual(program.warnings, []);
        });

        it("tell the functions of the service what is theirs and which roles they may assume", async () => {
            const program = await record();
            for (const name of ["detection-worker-function", "detection-api-function"]) {
                const { variables } = program.one(types.function, name).inputs.environment as {
                    variables: Record<string, string>;
                };
                assert.deepEqual(JSON.parse(variables.LOOKOUT_ACCESS!), { roles: [role], targets: [topic, lambda] });
            }
            const { environment } = program.one(types.function, "detection-tick-function").inputs;
            assert.ok(
                !("LOOKOUT_ACCESS" in (environment as { variables: object }).variables),
                "the tick reaches nothing",
            );
        });

        it("tell the API its limits", async () => {
            const { inputs } = (await record()).one(types.function, "detection-api-function");
            const { variables } = inputs.environment as { variables: Record<string, string> };
            assert.deepEqual(JSON.parse(variables.LOOKOUT_LIMITS!), { alerts: 5 });
        });

        it("bury what cannot be delivered, and the worker's events that failed for good, in one encrypted queue", async () => {
            const program = await record();
            const { inputs } = program.one(types.function, "detection-worker-function");
            const queue = "arn:aws:sqs:us-east-1:123456789012:detection-dead-letters-1234567";
            assert.deepEqual(inputs.deadLetterConfig, { targetArn: queue });
            const { variables } = inputs.environment as { variables: Record<string, string> };
            assert.deepEqual(JSON.parse(variables.LOOKOUT_DELIVERY!), {
                deadLetters: "https://sqs.test/123456789012/detection-dead-letters-1234567",
                consoleUrl: "https://lookout.example.com",
            });
            const [letters] = program.all("aws:sqs/queue:Queue");
            assert.equal(letters!.inputs.sqsManagedSseEnabled, true);
        });
    });
});
