import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { ConfigError, NotFoundError, QueryError, SourceBusyError } from "../../../errors";
import type { Extraction, Extractor, Ticket } from "../../../sources/metricSource";
import { redshiftSchema } from "../../../sources/redshift/config";
import { open as openRedshift } from "../../../sources/redshift/extractor";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../../support/awsStandIn";
import { specOf } from "../../support/specs";

const start = Date.parse("2026-01-01T10:00:00Z");
const secretValue = {
    username: "lookout",
    password: "correct-horse",
    dbClusterIdentifier: "orders",
    db: "dev",
    host: "orders.example.com",
    port: 5439,
};
const extraction: Extraction = {
    detector: "ecommerce",
    spec: specOf(),
    window: { start, end: start + 3_600_000 },
    kind: "live",
    bucket: "metrics",
    prefix: "ecommerce/live/20260101/1000/g-a/",
    token: "t".repeat(64),
};
const bySecret = { secret: "redshift-l4mintegration" };

describe("sources/redshift/extractor", () => {
    let aws: AwsStandIn;
    let slept: number[];

    before(async () => {
        aws = await openAwsStandIn();
    });

    after(async () => aws.close());

    beforeEach(() => {
        slept = [];
        aws.calls.length = 0;
        Object.assign(aws.answers, {
            GetSecretValue: () => ({ SecretString: JSON.stringify(secretValue) }),
            ExecuteStatement: () => ({ Id: "statement-1" }),
            DescribeStatement: () => ({ Id: "statement-1", Status: "STARTED" }),
            CancelStatement: () => ({ Status: true }),
        });
    });

    const open = (
        config: object = bySecret,
        unloadRoleArn: string | null = "arn:aws:iam::123456789012:role/unload",
    ): Extractor =>
        openRedshift(
            {
                name: "warehouse",
                config: redshiftSchema.parse({ type: "redshift", ...config }),
                region: "eu-west-1",
                ...(unloadRoleArn !== null && { unloadRoleArn }),
            },
            {
                data: new RedshiftDataClient(aws.client),
                secrets: new SecretsManagerClient(aws.client),
                now: () => slept.reduce((sum, milliseconds) => sum + milliseconds, 0),
                sleep: async (milliseconds) => slept.push(milliseconds),
            },
        );
    const inputsOf = (operation: string) =>
        aws.calls.filter((call) => call.operation === operation).map(({ input }) => input);
    const ticketOf = async (changes: Partial<Extraction> = {}): Promise<Ticket> =>
        open().start({ ...extraction, ...changes });
    const fail = (code: string, message: string, status?: number) => () => {
        throw new StandInError(code, message, status);
    };
    const ended = (Status: string, Error?: string) => () => ({ Id: "statement-1", Status, Error });

    describe("start", () => {
        it("submits one UNLOAD to the database that the secret names, with the attempt's token", async () => {
            await ticketOf();
            const [statement, ...others] = inputsOf("ExecuteStatement");
            assert.deepEqual(others, []);
            const { Sql, ...rest } = statement ?? {};
            assert.match(
                String(Sql),
                /^UNLOAD \('select [^]*TO 's3:\/\/metrics\/ecommerce\/live\/20260101\/1000\/g-a\/'/,
            );
            assert.deepEqual(rest, {
                ClientToken: extraction.token,
                ClusterIdentifier: "orders",
                Database: "dev",
                SecretArn: "redshift-l4mintegration",
                StatementName: "lookout ecommerce 2026-01-01T10:00:00Z",
            });
        });

        it("writes a live window as one object and a backfill window from all slices", async () => {
            await ticketOf();
            await ticketOf({ kind: "backfill" });
            const [live, backfill] = inputsOf("ExecuteStatement");
            assert.match(String(live?.Sql), /PARALLEL OFF/);
            assert.match(String(backfill?.Sql), /PARALLEL ON/);
        });

        const ways: Record<string, [object, object]> = {
            "temporary credentials of a user": [
                { cluster: "c", database: "d", dbUser: "u" },
                { ClusterIdentifier: "c", Database: "d", DbUser: "u" },
            ],
            "the extractor's own identity": [
                { cluster: "c", database: "d" },
                { ClusterIdentifier: "c", Database: "d" },
            ],
            "a workgroup's credentials": [
                { workgroup: "default", database: "d" },
                { WorkgroupName: "default", Database: "d" },
            ],
            "a secret whose names are all overridden, without reading it": [
                { secret: "s", workgroup: "default", database: "d" },
                { WorkgroupName: "default", Database: "d", SecretArn: "s" },
            ],
        };
        for (const [what, [config, expected]] of Object.entries(ways)) {
            it(`connects by ${what}`, async () => {
                await open(config).start(extraction);
                const [input = {}] = inputsOf("ExecuteStatement");
                const kept = Object.entries(input).filter(
                    ([key]) => !["Sql", "ClientToken", "StatementName"].includes(key),
                );
                assert.deepEqual(Object.fromEntries(kept), expected);
                assert.deepEqual(inputsOf("GetSecretValue"), []);
            });
        }

        it("lets the configuration override one name of the secret", async () => {
            await open({ ...bySecret, database: "other" }).start(extraction);
            const [input] = inputsOf("ExecuteStatement");
            assert.deepEqual([input?.ClusterIdentifier, input?.Database], ["orders", "other"]);
        });

        it("uses the role that the source names before the program's own", async () => {
            const unloadRoleArn = "arn:aws:iam::123456789012:role/theirs";
            await open({ ...bySecret, unloadRoleArn }).start(extraction);
            assert.match(
                String(inputsOf("ExecuteStatement")[0]?.Sql),
                /IAM_ROLE 'arn:aws:iam::123456789012:role\/theirs'/,
            );
        });

        it("names the key when there is no role for UNLOAD", async () => {
            await assert.rejects(
                open(bySecret, null).start(extraction),
                (error) =>
                    error instanceof ConfigError && error.message.startsWith("lookout:sources.warehouse.unloadRoleArn"),
            );
        });

        it("names the detector's key for a timestamp format that Redshift cannot read", async () => {
            const spec = specOf({ timestamp: { column: "ts", format: "yyyy-ww" } });
            await assert.rejects(
                ticketOf({ spec }),
                (error) =>
                    error instanceof ConfigError &&
                    error.message.startsWith("lookout:detectors.ecommerce.timestamp.format: "),
            );
        });

        it("gives a ticket of plain JSON that shows neither password nor user", async () => {
            const ticket = await ticketOf();
            assert.deepEqual(JSON.parse(JSON.stringify(ticket)), ticket);
            assert.equal(ticket.statementId, "statement-1");
            assert.match(ticket.queryHash, /^[0-9a-f]{16}$/);
            assert.doesNotMatch(JSON.stringify(ticket), /correct-horse|"lookout"/);
        });
    });

    describe("a bad secret", () => {
        it("is reported as missing, by name", async () => {
            aws.answers.GetSecretValue = fail(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            );
            await assert.rejects(
                ticketOf(),
                (error) =>
                    error instanceof NotFoundError &&
                    error.message.includes('there is no secret "redshift-l4mintegration"') &&
                    error.message.includes("lookout:sources.warehouse.secret"),
            );
        });

        for (const key of ["dbClusterIdentifier", "db"]) {
            it(`is reported when it lacks ${key}, with the keys expected and none of its values`, async () => {
                aws.answers.GetSecretValue = () => ({
                    SecretString: JSON.stringify({ ...secretValue, [key]: undefined }),
                });
                await assert.rejects(
                    ticketOf(),
                    (error) =>
                        error instanceof ConfigError &&
                        error.message.includes(
                            `lookout:sources.warehouse.secret: the secret "redshift-l4mintegration" has no key "${key}"`,
                        ) &&
                        error.message.includes("username, password, dbClusterIdentifier and db") &&
                        !JSON.stringify(error).includes("correct-horse"),
                );
            });
        }

        for (const text of ["correct-horse", '["correct-horse"]', ""]) {
            it(`is reported when it is not a JSON object: ${JSON.stringify(text)}`, async () => {
                aws.answers.GetSecretValue = () => ({ SecretString: text });
                await assert.rejects(
                    ticketOf(),
                    (error) =>
                        error instanceof ConfigError &&
                        error.message.includes("does not hold a JSON object") &&
                        !error.message.includes("correct-horse") &&
                        error.cause === undefined,
                );
            });
        }
    });

    describe("a refused start", () => {
        const busy: Record<string, () => never> = {
            "too many statements": fail("ActiveStatementsExceededException", "Active statements exceeded."),
            throttling: fail("ThrottlingException", "Rate exceeded"),
            "a failing service": fail("InternalServerException", "Something went wrong", 500),
            "a paused cluster": fail("ValidationException", "The cluster orders is paused."),
            "a resuming workgroup": fail("ValidationException", "Workgroup default is being modified."),
        };
        for (const [what, answer] of Object.entries(busy)) {
            it(`may be tried again: ${what}`, async () => {
                aws.answers.ExecuteStatement = answer;
                await assert.rejects(
                    ticketOf(),
                    (error) => error instanceof SourceBusyError && error.source === "warehouse",
                );
            });
        }

        it("may be tried again when nobody answers", async () => {
            const gone = await openAwsStandIn();
            await gone.close();
            const tools = {
                data: new RedshiftDataClient(gone.client),
                secrets: new SecretsManagerClient(aws.client),
                now: Date.now,
                sleep: async () => undefined,
            };
            const source = {
                name: "warehouse",
                config: redshiftSchema.parse({ type: "redshift", ...bySecret }),
                region: "eu-west-1",
            };
            const extractor = openRedshift({ ...source, unloadRoleArn: "arn:aws:iam::123456789012:role/u" }, tools);
            await assert.rejects(extractor.start(extraction), SourceBusyError);
        });

        it("is final for a permission, in the service's words, with detector and window", async () => {
            aws.answers.ExecuteStatement = fail(
                "AccessDeniedException",
                "User is not authorized to perform: redshift-data:ExecuteStatement",
            );
            await assert.rejects(
                ticketOf(),
                (error) =>
                    error instanceof QueryError &&
                    error.detector === "ecommerce" &&
                    error.window === "2026-01-01T10:00:00Z/2026-01-01T11:00:00Z" &&
                    error.message.includes("starting the query failed: User is not authorized to perform"),
            );
        });

        it("is not found for a cluster that does not exist", async () => {
            aws.answers.ExecuteStatement = fail(
                "ValidationException",
                "Redshift endpoint doesn't exist in this region.",
            );
            await assert.rejects(ticketOf(), NotFoundError);
        });
    });

    describe("status", () => {
        for (const state of ["SUBMITTED", "PICKED", "STARTED"]) {
            it(`is running while the statement is ${state}`, async () => {
                aws.answers.DescribeStatement = ended(state);
                assert.deepEqual(await open().status(await ticketOf()), { state: "running" });
            });
        }

        it("is finished when the statement is", async () => {
            aws.answers.DescribeStatement = ended("FINISHED");
            assert.deepEqual(await open().status(await ticketOf()), { state: "finished" });
        });

        it("carries the database's own message and the statement's id", async () => {
            aws.answers.DescribeStatement = ended("FAILED", 'ERROR: syntax error at or near "form"\n  Position: 9');
            await assert.rejects(
                open().status(await ticketOf()),
                (error) =>
                    error instanceof QueryError &&
                    error.statementId === "statement-1" &&
                    error.message.includes('syntax error at or near "form"') &&
                    error.message.endsWith("Correct lookout:detectors.ecommerce.query."),
            );
        });

        const missing: Record<string, string> = {
            "ERROR: column q.ts does not exist": "timestamp.column",
            'ERROR: column "platform" does not exist in q': "dimensions[0]",
            "column q.Views does not exist": "measures[0].name",
        };
        for (const [message, key] of Object.entries(missing)) {
            it(`names the key of a column that the query does not give: ${message}`, async () => {
                aws.answers.DescribeStatement = ended("FAILED", message);
                await assert.rejects(
                    open().status(await ticketOf()),
                    (error) =>
                        error instanceof QueryError &&
                        error.message.includes(`Correct lookout:detectors.ecommerce.${key},`),
                );
            });
        }

        it("says what to grant when the database user may not read a table", async () => {
            aws.answers.DescribeStatement = ended("FAILED", "ERROR: permission denied for relation orders");
            await assert.rejects(
                open().status(await ticketOf()),
                /Grant the database user of lookout:sources\.warehouse/,
            );
        });

        it("may be tried again when somebody stopped the statement", async () => {
            const ticket = await ticketOf();
            for (const reason of [undefined, "The query run was stopped by the user."]) {
                aws.answers.DescribeStatement = ended("ABORTED", reason);
                await assert.rejects(
                    open().status(ticket),
                    (error) => error instanceof SourceBusyError && error.message.includes("was aborted"),
                );
            }
        });

        it("is final for a statement that a rule of the database's aborted", async () => {
            aws.answers.DescribeStatement = ended("ABORTED", "Query cancelled by WLM abort action");
            await assert.rejects(
                open().status(await ticketOf()),
                (error) => error instanceof QueryError && error.message.includes("was aborted"),
            );
        });

        const passing = [
            "ERROR: User arn:aws:redshift:eu-west-1:123456789012:dbuser:c/u is not authorized to assume IAM Role arn:aws:iam::123456789012:role/u",
            "ERROR: The requested role arn:aws:iam::123456789012:role/u is not associated to cluster",
            "ERROR: Specified unload destination on S3 is not empty. Consider using a different bucket / prefix",
            "ERROR: 1023 Detail: Serializable isolation violation on table in Redshift",
            "ERROR: S3ServiceException:Please reduce your request rate.,Status 503,Error SlowDown",
            "FATAL: terminating connection due to administrator command",
            "ERROR: Query (2412310) cancelled on user's request",
        ];
        for (const message of passing) {
            it(`may be tried again: ${message.slice(0, 60)}`, async () => {
                aws.answers.DescribeStatement = ended("FAILED", message);
                await assert.rejects(open().status(await ticketOf()), SourceBusyError);
            });
        }

        it("asks for another attempt when the service has forgotten the statement", async () => {
            const ticket = await ticketOf();
            aws.answers.DescribeStatement = fail("ResourceNotFoundException", "Query does not exist.");
            await assert.rejects(open().status(ticket), SourceBusyError);
        });
    });

    describe("cancel", () => {
        it("stops the statement", async () => {
            await open().cancel(await ticketOf());
            assert.deepEqual(inputsOf("CancelStatement"), [{ Id: "statement-1" }]);
        });

        it("is silent when the statement has ended, or is unknown", async () => {
            const ticket = await ticketOf();
            aws.answers.CancelStatement = fail(
                "ValidationException",
                "Could not cancel a query that is already in FINISHED state.",
            );
            aws.answers.DescribeStatement = ended("FINISHED");
            await open().cancel(ticket);
            aws.answers.CancelStatement = fail("ResourceNotFoundException", "Query does not exist.");
            await open().cancel(ticket);
        });

        it("does not hide a refusal while the statement runs on", async () => {
            const ticket = await ticketOf();
            aws.answers.CancelStatement = fail("ValidationException", "No.");
            await assert.rejects(open().cancel(ticket), QueryError);
            aws.answers.CancelStatement = fail("InternalServerException", "Oh.", 500);
            await assert.rejects(open().cancel(ticket), SourceBusyError);
        });
    });

    describe("describe", () => {
        it("gives the columns' names and types once the statement has ended", async () => {
            const states = ["PICKED", "STARTED", "FINISHED"];
            aws.answers.DescribeStatement = () => ({ Status: states.shift() });
            aws.answers.GetStatementResult = () => ({
                Records: [],
                ColumnMetadata: [
                    { name: "ts", label: "ts", typeName: "timestamp" },
                    { name: "views", label: "views", typeName: "int4" },
                ],
            });
            assert.deepEqual(await open().describe(specOf()), [
                { name: "ts", type: "timestamp", kind: "timestamp" },
                { name: "views", type: "int4", kind: "number" },
            ]);
            assert.equal(slept.length, 2);
            assert.doesNotMatch(String(inputsOf("ExecuteStatement")[0]?.Sql), /UNLOAD/);
        });

        it("cancels and calls the source busy when that takes too long", async () => {
            await assert.rejects(open().describe(specOf()), SourceBusyError);
            assert.equal(inputsOf("CancelStatement").length, 1);
        });

        it("calls it busy also when the statement ended before it could be cancelled", async () => {
            aws.answers.CancelStatement = fail("ValidationException", "Could not cancel a query that is finished.");
            await assert.rejects(open().describe(specOf()), SourceBusyError);
        });

        it("reports a query that the database refuses", async () => {
            aws.answers.DescribeStatement = ended("FAILED", 'relation "event" does not exist');
            await assert.rejects(open().describe(specOf()), /relation "event" does not exist/);
        });
    });
});
