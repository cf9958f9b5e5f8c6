import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { ConfigError, QueryError, SourceBusyError } from "../../../errors";
import { athenaSchema } from "../../../sources/athena/config";
import { open } from "../../../sources/athena/extractor";
import type { Extraction, Extractor, Ticket } from "../../../sources/metricSource";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../../support/awsStandIn";
import { specOf } from "../../support/specs";

const start = Date.parse("2026-01-01T10:00:00Z");
const extraction: Extraction = {
    detector: "ecommerce",
    spec: specOf(),
    window: { start, end: start + 3_600_000 },
    kind: "live",
    bucket: "metrics",
    prefix: "ecommerce/live/20260101/1000/g-a/",
    token: "t".repeat(64),
};
const location = `s3://metrics/${extraction.prefix}`;
const execution =
    (Status: object, OutputLocation: string | null = `${location}query-1.csv`) =>
    () => ({
        QueryExecution: {
            QueryExecutionId: "query-1",
            ...(OutputLocation !== null && { ResultConfiguration: { OutputLocation } }),
            Status,
        },
    });

/** The real SDK against scripted answers: what Athena says when something is wrong, in its own shapes. */
describe("sources/athena/failures", () => {
    let aws: AwsStandIn;
    let slept = 0;

    before(async () => {
        aws = await openAwsStandIn();
    });

    after(async () => aws.close());

    beforeEach(() => {
        aws.calls.length = 0;
        slept = 0;
        Object.assign(aws.answers, {
            StartQueryExecution: () => ({ QueryExecutionId: "query-1" }),
            GetQueryExecution: execution({ State: "RUNNING" }),
            StopQueryExecution: () => ({}),
        });
    });

    const extractor = (): Extractor =>
        open(
            {
                name: "lake",
                config: athenaSchema.parse({ type: "athena", database: "sales", dataLocations: ["s3://lake/"] }),
                region: "eu-west-1",
            },
            {
                athena: new AthenaClient(aws.client),
                s3: new S3Client(aws.client),
                now: () => start + slept,
                sleep: async (milliseconds) => (slept += milliseconds),
            },
        );
    const ticketOf = (): Promise<Ticket> => extractor().start(extraction);
    const fail = (code: string, message: string, status?: number) => () => {
        throw new StandInError(code, message, status);
    };
    const operations = (): string[] => aws.calls.map(({ operation }) => operation);

    it("submits one query with the attempt's token, into the attempt's folder, and reuses no result", async () => {
        await ticketOf();
        const [{ operation, input } = { operation: "", input: {} }] = aws.calls;
        const { QueryString, ...rest } = input;
        assert.equal(operation, "StartQueryExecution");
        assert.match(String(QueryString), /^select format_datetime\(r\.lookout_instant/);
        assert.deepEqual(rest, {
            ClientRequestToken: extraction.token,
            QueryExecutionContext: { Catalog: "AwsDataCatalog", Database: "sales" },
            ResultConfiguration: { OutputLocation: location },
            ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
            WorkGroup: "primary",
        });
    });

    it("gives a ticket of plain JSON", async () => {
        const ticket = await ticketOf();
        assert.deepEqual(JSON.parse(JSON.stringify(ticket)), ticket);
        assert.equal(ticket.statementId, "query-1");
        assert.match(ticket.queryHash, /^[0-9a-f]{16}$/);
    });

    it("stops a query whose results Athena keeps to itself", async () => {
        aws.answers.GetQueryExecution = execution({ State: "QUEUED" }, null);
        await assert.rejects(ticketOf(), (error) => {
            assert.ok(error instanceof ConfigError);
            assert.match(error.message, /workgroup: the workgroup "primary" keeps results in storage of Athena's own/);
            return true;
        });
        assert.deepEqual(operations(), ["StartQueryExecution", "GetQueryExecution", "StopQueryExecution"]);
    });

    // Codes and their meaning: "Errors" of StartQueryExecution, https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
    const calls: Record<string, [answer: () => never, name: string, message: RegExp]> = {
        "too many queries at a time": [
            fail(
                "TooManyRequestsException",
                "You have exceeded the limit for the number of queries you can run concurrently.",
            ),
            "SourceBusyError",
            /starting the query failed: You have exceeded/,
        ],
        "a throttled call": [fail("ThrottlingException", "Rate exceeded"), "SourceBusyError", /Rate exceeded\./],
        "a fault of the service": [fail("InternalServerException", "oops", 500), "SourceBusyError", /oops\./],
        "a gateway that gives up": [fail("Unknown", "bad gateway", 502), "SourceBusyError", /bad gateway/],
        "a workgroup that there is not": [
            fail("InvalidRequestException", "WorkGroup lookout is not found."),
            "NotFoundError",
            /lookout:sources\.lake\.workgroup/,
        ],
        "a bucket that it may not find": [
            fail("InvalidRequestException", "Unable to verify/create output bucket metrics"),
            "QueryError",
            /Unable to verify/,
        ],
        "a right that is missing": [
            fail(
                "AccessDeniedException",
                "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: athena:StartQueryExecution",
            ),
            "QueryError",
            /run queries in the workgroup of lookout:sources\.lake/,
        ],
    };
    for (const [what, [answer, name, message]] of Object.entries(calls)) {
        it(`calls ${what} a ${name}`, async () => {
            aws.answers.StartQueryExecution = answer;
            await assert.rejects(ticketOf(), { name, message });
        });
    }

    // Types of failure: "Athena error catalog", https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
    const endings: Record<string, [reason: string, error: object | undefined, name: string, hint: RegExp]> = {
        "exhausted resources": [
            "Query exhausted resources at this scale factor",
            { ErrorCategory: 1, ErrorType: 1 },
            "SourceBusyError",
            /exhausted/,
        ],
        "a fault of the engine that is worth another try": [
            "GENERIC_INTERNAL_ERROR: null",
            { ErrorCategory: 1, ErrorType: 205, Retryable: true },
            "SourceBusyError",
            /GENERIC_INTERNAL_ERROR/,
        ],
        "a throttled Glue": ["Rate exceeded", { ErrorCategory: 3, ErrorType: 1401 }, "SourceBusyError", /Rate/],
        "a throttled S3": [
            "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)",
            undefined,
            "SourceBusyError",
            /SlowDown/,
        ],
        "reserved capacity that is used up": [
            "Exceeded reserved capacity limit",
            { ErrorCategory: 2, ErrorType: 1602 },
            "SourceBusyError",
            /capacity/,
        ],
        "wrong syntax": [
            "SYNTAX_ERROR: line 1:8: mismatched input 'form'. Expecting: ','",
            { ErrorCategory: 2, ErrorType: 1006, Retryable: false },
            "QueryError",
            /Correct lookout:detectors\.ecommerce\.query\.$/,
        ],
        "a dimension that the query does not give": [
            "COLUMN_NOT_FOUND: line 1:8: Column 'q.platform' cannot be resolved or requester is not authorized to access requested resources",
            { ErrorCategory: 2, ErrorType: 1006, Retryable: false },
            "QueryError",
            /Correct lookout:detectors\.ecommerce\.dimensions\[0\], or add the column "platform"/,
        ],
        "a table that there is not": [
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.sales.nowhere' does not exist",
            { ErrorCategory: 2, ErrorType: 1110 },
            "QueryError",
            /lookout:sources\.lake\.databases/,
        ],
        "files that may not be read": [
            "PERMISSION_DENIED: Access Denied when listing s3://lake/orders. Access denied",
            { ErrorCategory: 2, ErrorType: 1501, Retryable: true },
            "QueryError",
            /lookout:sources\.lake\.dataLocations/,
        ],
        "a catalogue that may not be read": [
            "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:1:database/hr",
            { ErrorCategory: 2, ErrorType: 1500 },
            "QueryError",
            /lookout:sources\.lake\.databases/,
        ],
        "Lake Formation's refusal": [
            "Insufficient Lake Formation permission(s): Required Select on orders",
            { ErrorCategory: 2, ErrorType: 1500 },
            "QueryError",
            /lookout:sources\.lake\.lakeFormation/,
        ],
        "a value that is no timestamp": [
            "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: soon",
            { ErrorCategory: 2, ErrorType: 1001 },
            "QueryError",
            /lookout:detectors\.ecommerce\.timestamp\.format/,
        ],
        "a query that took too long": [
            "Query timeout: query timed out after 30 minutes",
            { ErrorCategory: 2, ErrorType: 206 },
            "QueryError",
            /history\.chunk/,
        ],
    };
    for (const [what, [reason, error, name, hint]] of Object.entries(endings)) {
        it(`calls ${what} a ${name}`, async () => {
            const ticket = await ticketOf();
            const AthenaError = error && { ...error, ErrorMessage: reason };
            aws.answers.GetQueryExecution = execution({ State: "FAILED", StateChangeReason: reason, AthenaError });
            await assert.rejects(extractor().status(ticket), (thrown) => {
                assert.ok(thrown instanceof QueryError || thrown instanceof SourceBusyError);
                assert.equal(thrown.name, name);
                assert.match(thrown.message, /^Source lake, detector ecommerce, window 2026-01-01T10:00:00Z/);
                assert.match(thrown.message, /query query-1 failed: /);
                assert.match(thrown.message, hint);
                return true;
            });
        });
    }

    it("says how to read less where the workgroup's limit of bytes stopped the query", async () => {
        const ticket = await ticketOf();
        const reason = "Query cancelled! : Bytes scanned limit was exceeded";
        aws.answers.GetQueryExecution = execution({ State: "CANCELLED", StateChangeReason: reason });
        await assert.rejects(extractor().status(ticket), {
            name: "QueryError",
            message: /was cancelled: .*name the partitions between {{start}} and {{end}}/,
        });
    });

    for (const reason of [undefined, "Query cancelled by user"]) {
        it(`extracts again where somebody stopped the query, who says ${reason ?? "nothing"}`, async () => {
            const ticket = await ticketOf();
            aws.answers.GetQueryExecution = execution({ State: "CANCELLED", StateChangeReason: reason });
            await assert.rejects(extractor().status(ticket), { name: "SourceBusyError", message: /was cancelled: / });
        });
    }

    it("extracts again what Athena has forgotten", async () => {
        const ticket = await ticketOf();
        aws.answers.GetQueryExecution = fail("InvalidRequestException", "QueryExecution query-1 was not found");
        await assert.rejects(extractor().status(ticket), SourceBusyError);
        aws.answers.StopQueryExecution = aws.answers.GetQueryExecution;
        await extractor().cancel(ticket);
    });

    it("stops a description that takes too long, and calls the database busy", async () => {
        await assert.rejects(extractor().describe(specOf()), { name: "SourceBusyError", message: /more than 60 s/ });
        assert.equal(slept, 60_000);
        assert.equal(operations().at(-1), "StopQueryExecution");
    });

    it("has one minute for all questions of a look at a window, so that a check ends before its function does", async () => {
        let begun = 0;
        aws.answers.GetQueryExecution = () => {
            const isDone = slept >= begun + 25_000;
            if (isDone) begun = slept;
            return execution({ State: isDone ? "SUCCEEDED" : "RUNNING" })();
        };
        aws.answers.GetQueryResults = () => ({ ResultSet: { Rows: [] } });
        await assert.rejects(extractor().inspect(specOf(), extraction.window), {
            name: "SourceBusyError",
            message: /looking at the window took more than 60 s/,
        });
        assert.equal(slept, 60_000);
        const asked = operations().filter((operation) => operation === "StartQueryExecution").length;
        assert.equal(asked, 3);
        assert.equal(operations().at(-1), "StopQueryExecution");
    });

    it("calls it busy also where the query cannot be stopped any more", async () => {
        aws.answers.StopQueryExecution = fail("InvalidRequestException", "No.");
        await assert.rejects(extractor().describe(specOf()), { name: "SourceBusyError", message: /more than 60 s/ });
    });

    it("says what makes a place for answers where there is none", async () => {
        const message =
            "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.";
        aws.answers.StartQueryExecution = fail("InvalidRequestException", message);
        await assert.rejects(extractor().describe(specOf()), { name: "QueryError", message: /Run pulumi up first/ });
    });

    it("is busy when nobody answers", async () => {
        const athena = new AthenaClient({ ...aws.client, endpoint: "http://127.0.0.1:9" });
        const config = athenaSchema.parse({ type: "athena", database: "sales", lakeFormation: true });
        const alone = open(
            { name: "lake", config, region: "eu-west-1" },
            { athena, s3: new S3Client(aws.client), now: Date.now, sleep: async () => 0 },
        );
        await assert.rejects(alone.start(extraction), SourceBusyError);
    });

    it("names the detector's key for a timestamp format that Athena cannot read", async () => {
        const spec = specOf({ timestamp: { column: "ts", format: "yyyy-ww" } });
        await assert.rejects(extractor().start({ ...extraction, spec }), (error) => {
            assert.ok(error instanceof ConfigError);
            assert.match(error.message, /^lookout:detectors\.ecommerce\.timestamp\.format: "yyyy-ww" has "ww"/);
            return true;
        });
        assert.deepEqual(aws.calls, []);
    });
});
