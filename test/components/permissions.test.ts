import assert from "node:assert/strict";
import {
    backtestPrefix,
    cacheKey,
    definitionKey,
    detectionPrefix,
    generationKey,
    incidentKey,
    leaseKey,
    livePrefix,
    manifestKey,
    parkedKey,
    ticketKey,
} from "../../pipeline/objectLayout";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";

const instant = Date.parse("2026-04-01T00:00:00Z");
const detector = "ecommerce";
const generation = "0123456789";
const keys = {
    definition: definitionKey("PT1H", detector),
    generation: generationKey(detector, generation),
    manifest: manifestKey(detector, generation, instant),
    parked: parkedKey(detector, generation, instant),
    cache: cacheKey(detector, generation),
    lease: leaseKey(detector, "live"),
    ticket: ticketKey(detector, generation, "a1"),
    history: `${backtestPrefix(detector, generation)}20260301T000000Z/a1/000.csv`,
    live: `${livePrefix(detector)}20260401/0000/${generation}-a1/000.csv`,
    incident: incidentKey(detector, "live"),
    model: `${detectionPrefix}runs/shop/1/model/20260401T000000Z.bin`,
} as const;
type Kind = keyof typeof keys;

/** What each function does to the bucket, by its policy's name; everything else it must not be able to. */
const uses: Readonly<Record<string, { get: Kind[]; put: Kind[]; delete: Kind[] }>> = {
    "extraction-plan-live": {
        get: ["definition", "generation", "manifest", "cache", "parked", "lease"],
        put: ["generation", "manifest", "cache", "lease"],
        delete: ["generation", "manifest"],
    },
    "extraction-plan-backfill": {
        get: ["definition", "generation", "manifest", "cache", "parked", "lease"],
        put: ["generation", "manifest", "lease"],
        delete: [],
    },
    "extraction-warehouse-extractor": {
        get: ["generation", "manifest", "ticket", "history", "live"],
        put: ["ticket", "history", "live"],
        delete: ["ticket"],
    },
    "extraction-commit-window": {
        get: ["definition", "generation", "manifest", "cache", "parked", "lease", "ticket", "history", "live"],
        put: ["generation", "manifest", "cache"],
        delete: ["ticket", "parked", "history", "live"],
    },
    "extraction-park-window": { get: ["generation", "manifest", "parked"], put: ["parked"], delete: ["ticket"] },
    "extraction-close-run": {
        get: ["generation", "manifest", "cache", "parked", "lease"],
        put: ["cache", "lease"],
        delete: [],
    },
    "extraction-activate-detector": {
        get: ["definition", "generation", "manifest", "cache", "parked", "lease"],
        put: ["definition", "lease"],
        delete: ["generation", "manifest", "cache", "parked", "ticket", "history", "live"],
    },
    "extraction-reconcile-detector": {
        get: ["definition", "generation", "manifest"],
        put: ["definition", "generation", "manifest"],
        delete: [
            "definition",
            "generation",
            "manifest",
            "cache",
            "parked",
            "lease",
            "ticket",
            "history",
            "live",
            "incident",
        ],
    },
    "extraction-attach-source": { get: [], put: [], delete: [] },
    "extraction-warehouse-unload": { get: ["history", "live"], put: ["history", "live"], delete: [] },
    "operations-notify": { get: ["incident"], put: ["incident"], delete: [] },
    "detection-api": { get: Object.keys(keys) as Kind[], put: ["model"], delete: ["model"] },
    "detection-tick": { get: ["model"], put: [], delete: [] },
    "detection-worker": { get: Object.keys(keys) as Kind[], put: ["model"], delete: ["model"] },
};

/** Services that each function calls beside S3 and its log. */
const calls: Readonly<Record<string, string[]>> = {
    "extraction-plan-live": [
        "lambda:InvokeFunction",
        "sqs:SendMessage",
        "states:DescribeExecution",
        "states:ListExecutions",
        "states:StartExecution",
    ],
    "extraction-plan-backfill": ["states:DescribeExecution"],
    "extraction-commit-window": ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"],
    "extraction-park-window": [],
    "extraction-close-run": [],
    "extraction-activate-detector": ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "states:DescribeExecution"],
    "extraction-reconcile-detector": [
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
        "states:DescribeExecution",
        "states:ListExecutions",
        "states:StartExecution",
        "states:StopExecution",
    ],
    "operations-notify": ["sns:Publish"],
    "detection-api": ["lambda:InvokeFunction"],
    "detection-tick": ["lambda:InvokeFunction", "sqs:SendMessage"],
    "detection-worker": [
        "lambda:InvokeFunction",
        "sns:Publish",
        "sqs:SendMessage",
        "states:DescribeExecution",
        "states:StartExecution",
    ],
    "detection-learn": [
        "lambda:InvokeFunction",
        "states:DescribeExecution",
        "states:StartExecution",
        "states:StopExecution",
    ],
    "extraction-live": ["lambda:InvokeFunction"],
    "extraction-backfill": ["lambda:InvokeFunction", "states:StartExecution"],
    schedules: ["lambda:InvokeFunction", "sqs:SendMessage"],
};

const actionOf = { get: "s3:GetObject", put: "s3:PutObject", delete: "s3:DeleteObject" } as const;

describe("components, permissions", () => {
    let program: RecordedProgram;
    let bucketArn: string;
    before(async () => {
        program = await recordProgram();
        bucketArn = `arn:aws:s3:::${String(program.outputs.bucket)}`;
    });

    const statementsOf = (policy: string) => program.statements().filter((one) => one.policy === `${policy}-policy`);
    const allows = (policy: string, action: string, resource: string) =>
        statementsOf(policy).some(
            ({ Action, Resource }) => Action.includes(action) && Resource.some((pattern) => matches(pattern, resource)),
        );

    for (const [policy, use] of Object.entries(uses)) {
        it(`let ${policy} read, write and delete what it is there for, and nothing else`, () => {
            for (const verb of ["get", "put", "delete"] as const) {
                const allowed = (Object.keys(keys) as Kind[]).filter((kind) =>
                    allows(policy, actionOf[verb], `${bucketArn}/${keys[kind]}`),
                );
                assert.deepEqual(allowed.sort(), [...use[verb]].sort(), verb);
            }
        });
    }

    it("let whoever reads objects see which there are, so that a missing one is not a refusal", () => {
        for (const [policy, use] of Object.entries(uses)) {
            assert.equal(allows(policy, "s3:ListBucket", bucketArn), use.get.length > 0, policy);
        }
    });

    for (const [policy, expected] of Object.entries(calls)) {
        it(`let ${policy} call the services that it needs, and no others`, () => {
            const actions = statementsOf(policy)
                .flatMap(({ Action }) => Action)
                .filter((action) => !action.startsWith("s3:") && !action.startsWith("logs:"));
            assert.deepEqual([...new Set(actions)].sort(), expected);
        });
    }

    it("let those that nobody waits for keep what fails in a queue", () => {
        const queue = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}-dead-letters-1234567`;
        const keeps = (policy: string, name: string) => allows(policy, "sqs:SendMessage", queue(name));
        for (const policy of ["extraction-plan-live", "detection-tick", "schedules"])
            assert.ok(keeps(policy, "operations") && !keeps(policy, "detection"), policy);
        assert.ok(keeps("detection-worker", "detection") && !keeps("detection-worker", "operations"));
    });

    it("let those that nobody waits for call the notifier, and no function of the pipeline", () => {
        const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}-function-1234567`;
        for (const policy of ["extraction-plan-live", "detection-worker", "detection-tick"]) {
            assert.ok(allows(policy, "lambda:InvokeFunction", arn("operations-notify")), policy);
            assert.ok(!allows(policy, "lambda:InvokeFunction", arn("extraction-commit-window")), policy);
        }
    });

    it("let machines and the life cycle call the extractors of this stack alone", () => {
        const extractor = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
        for (const policy of ["extraction-live", "extraction-backfill", "extraction-reconcile-detector"]) {
            assert.ok(allows(policy, "lambda:InvokeFunction", extractor("lookout-dev-extract-warehouse")), policy);
            assert.ok(!allows(policy, "lambda:InvokeFunction", extractor("lookout-prod-extract-warehouse")), policy);
            assert.ok(!allows(policy, "lambda:InvokeFunction", extractor("lookout-dev-attach-source")), policy);
        }
    });
});

/** IAM's comparison: `*` stands for any characters, slashes too. */
function matches(pattern: string, text: string): boolean {
    const escaped = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
