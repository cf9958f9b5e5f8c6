import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ConfigError, NotFoundError } from "../../../errors";
import type { Extraction, Extractor, Ticket } from "../../../sources/metricSource";
import { snowflakeSchema } from "../../../sources/snowflake/config";
import { open } from "../../../sources/snowflake/extractor";
import { sortFailure } from "../../../sources/snowflake/failures";
import { fingerprintOf } from "../../../sources/snowflake/token";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../../support/awsStandIn";
import { specOf } from "../../support/specs";

const start = Date.parse("2026-01-01T10:00:00Z");
const handle = "01b2c3d4-0000-4e5f-0000-000000000001";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const extraction: Extraction = {
    detector: "ecommerce",
    spec: specOf(),
    window: { start, end: start + 3_600_000 },
    kind: "live",
    bucket: "metrics",
    prefix: "ecommerce/live/20260101/1000/g-a/",
    token: "t".repeat(64),
};
const taken = { code: "333334", message: "Asynchronous execution in progress.", statementHandle: handle };

interface Asked {
    readonly method: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
}

/** Real HTTP against scripted answers: what Snowflake says when something is wrong, in its own shapes. */
describe("sources/snowflake/failures", () => {
    let aws: AwsStandIn;
    let server: Server;
    let endpoint: string;
    const asked: Asked[] = [];
    let answers: [status: number, body: object | string][] = [];
    let slept = 0;

    before(async () => {
        aws = await openAwsStandIn();
        server = createServer((request, response) => {
            void text(request).then((body) => {
                const { method = "", headers } = request;
                asked.push({ method, url: new URL(request.url ?? "", "http://x"), headers, body });
                const [status, answer] = answers.length > 1 ? answers.shift()! : (answers[0] ?? [500, {}]);
                const location = status === 302 ? { location: "http://127.0.0.1:9/" } : {};
                response.writeHead(status, location).end(typeof answer === "string" ? answer : JSON.stringify(answer));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    after(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await aws.close();
    });

    beforeEach(() => {
        asked.length = 0;
        slept = 0;
        answers = [[202, taken]];
        aws.answers.GetSecretValue = () => ({ SecretString: JSON.stringify({ username: "lookout", privateKey: pem }) });
    });

    const extractor = (changes: { endpoint?: string } = {}): Extractor =>
        open(
            {
                name: "shop",
                config: snowflakeSchema.parse({
                    type: "snowflake",
                    account: "myorg-shop",
                    secret: "lookout-snowflake",
                    storageIntegration: "LOOKOUT",
                }),
                region: "eu-west-1",
            },
            {
                endpoint,
                now: () => start + slept,
                secrets: new SecretsManagerClient(aws.client),
                s3: new S3Client(aws.client),
                sleep: async (milliseconds) => (slept += milliseconds),
                ...changes,
            },
        );
    const ticketOf = (): Promise<Ticket> => extractor().start(extraction);
    const secret = (value: object | string) => () => ({
        SecretString: typeof value === "string" ? value : JSON.stringify(value),
    });

    it("submits asynchronously, by a request id that a retried call has too and another attempt has not", async () => {
        await ticketOf();
        await ticketOf();
        await extractor().start({ ...extraction, token: "u".repeat(64) });
        const ids = asked.map(({ url }) => url.searchParams.get("requestId"));
        assert.equal(ids[0], ids[1]);
        assert.notEqual(ids[0], ids[2]);
        assert.match(ids[0] ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.deepEqual([...(asked[0]?.url.searchParams ?? [])].slice(1), [
            ["retry", "true"],
            ["async", "true"],
        ]);
    });

    it("signs in by a token that is good for five minutes", async () => {
        await ticketOf();
        const [head = "", claims = ""] = String(asked[0]?.headers.authorization).replace("Bearer ", "").split(".");
        const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
        assert.deepEqual(decode(head), { alg: "RS256", typ: "JWT" });
        assert.deepEqual(decode(claims), {
            iss: `MYORG-SHOP.LOOKOUT.${fingerprintOf(privateKey)}`,
            sub: "MYORG-SHOP.LOOKOUT",
            iat: start / 1000,
            exp: start / 1000 + 300,
        });
        assert.equal(asked[0]?.headers["x-snowflake-authorization-token-type"], "KEYPAIR_JWT");
    });

    it("takes a statement that a first call has finished already", async () => {
        answers = [[200, { code: "090001", statementHandle: handle, data: [["1", "1", "1"]] }]];
        assert.equal((await ticketOf()).statementId, handle);
    });

    // Codes: "Response codes for all operations", https://docs.snowflake.com/en/developer-guide/sql-api/reference
    const calls: Record<string, [status: number, body: object | string, name: string, message: RegExp]> = {
        "too many requests": [
            429,
            { code: "390505", message: "Too many requests." },
            "SourceBusyError",
            /390505: Too many requests\./,
        ],
        "a fault of the service": [
            500,
            { code: "300002", message: "Internal error" },
            "SourceBusyError",
            /Internal error/,
        ],
        "a gateway that gives up": [504, "<html>Gateway Timeout</html>", "SourceBusyError", /HTTP 504\./],
        "a token that is not believed": [
            401,
            { code: "390144", message: "JWT token is invalid. [0f811342]" },
            "QueryError",
            /The key in lookout:sources\.shop\.secret has the fingerprint SHA256:[\w+/]+=: DESC USER must show it/,
        ],
        "an address that is not let in": [
            403,
            { code: "390422", message: "Incoming request with IP/Token 1.2.3.4 is not allowed to access Snowflake." },
            "QueryError",
            /network policy/,
        ],
        "an account that there is not": [
            404,
            "<html>Not Found</html>",
            "NotFoundError",
            /lookout:sources\.shop\.account/,
        ],
        "a role that the user has not": [
            401 + 21,
            {
                code: "390189",
                message: "Role 'LOOKOUT' specified in the connect string does not exist or not authorized.",
            },
            "QueryError",
            /lookout:sources\.shop\.role/,
        ],
        "an answer that sends elsewhere": [302, "", "QueryError", /lookout:sources\.shop\.account/],
        "a request that is not understood": [
            400,
            { code: "390142", message: "Incoming request does not contain a valid payload." },
            "QueryError",
            /valid payload/,
        ],
    };
    for (const [what, [status, body, name, message]] of Object.entries(calls)) {
        it(`calls ${what} a ${name}`, async () => {
            answers = [[status, body]];
            await assert.rejects(ticketOf(), { name, message });
            assert.equal(asked.length, 1);
        });
    }

    const endings: Record<string, [status: number, code: string, message: string, name: string, hint: RegExp]> = {
        "a measure that the query does not give": [
            422,
            "000904",
            "SQL compilation error: error line 1 at position 7\ninvalid identifier 'Q.VIEWS'",
            "QueryError",
            /Correct lookout:detectors\.ecommerce\.measures\[0\]\.name, or add the column "VIEWS"/,
        ],
        "a table that there is not": [
            422,
            "002003",
            "SQL compilation error:\nObject 'NOWHERE' does not exist or not authorized.",
            "QueryError",
            /grant the role USAGE on database and schema and SELECT/,
        ],
        "wrong syntax": [
            422,
            "001003",
            "SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'form'.",
            "QueryError",
            /Correct lookout:detectors\.ecommerce\.query\.$/,
        ],
        "no warehouse": [
            422,
            "000606",
            "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
            "QueryError",
            /lookout:sources\.shop\.warehouse/,
        ],
        "an integration that is not granted": [
            422,
            "002003",
            "SQL compilation error:\nIntegration 'LOOKOUT' does not exist or not authorized.",
            "QueryError",
            /lookout:sources\.shop\.storageIntegration/,
        ],
        "a role that does not trust Snowflake": [
            422,
            "003167",
            "Error assuming AWS_ROLE:\nUser: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole",
            "QueryError",
            /external id that DESC INTEGRATION shows/,
        ],
        "a bucket that the role may not write to": [
            422,
            "100016",
            "Failed to access remote file: access denied. Please check your credentials",
            "QueryError",
            /write into the stack's bucket/,
        ],
        "a value that is no timestamp": [
            422,
            "100035",
            "Timestamp 'soon' is not recognized",
            "QueryError",
            /lookout:detectors\.ecommerce\.timestamp\.format/,
        ],
        "a statement that took too long": [
            408,
            "000630",
            "Statement reached its statement or warehouse timeout of 3,600 second(s) and was canceled.",
            "QueryError",
            /history\.chunk.*statementTimeoutSeconds/,
        ],
        "a statement that somebody stopped": [422, "000604", "SQL execution canceled", "SourceBusyError", /000604/],
        "an incident of Snowflake's": [
            422,
            "300010",
            "SQL execution internal error:\nProcessing aborted by error 300010:391167117; incident 6223976.",
            "SourceBusyError",
            /incident/,
        ],
        "a folder that is not empty": [
            422,
            "001030",
            "Files already existing at the unload destination: s3://metrics/x/. Use overwrite option to force unloading.",
            "SourceBusyError",
            /already existing/,
        ],
        "a statement that is forgotten": [
            422,
            "000709",
            `Statement ${handle} not found`,
            "SourceBusyError",
            /extracted again/,
        ],
    };
    for (const [what, [status, code, message, name, hint]] of Object.entries(endings)) {
        it(`calls ${what} a ${name}`, async () => {
            const ticket = await ticketOf();
            answers = [[status, { code, message, sqlState: "42000", statementHandle: handle }]];
            await assert.rejects(extractor().status(ticket), (error: Error) => {
                assert.equal(error.name, name);
                assert.match(error.message, /^Source shop, detector ecommerce, window 2026-01-01T10:00:00Z/);
                assert.match(error.message, hint);
                return true;
            });
        });
    }

    it("is silent when there is nothing left to cancel, and not when it may not", async () => {
        const ticket = await ticketOf();
        answers = [[422, { code: "000709", message: `Statement ${handle} not found` }]];
        await extractor().cancel(ticket);
        answers = [[401, { code: "390144", message: "JWT token is invalid." }]];
        await assert.rejects(extractor().cancel(ticket), { name: "QueryError" });
    });

    it("waits for a description, and stops one that takes too long", async () => {
        await assert.rejects(extractor().describe(specOf()), { name: "SourceBusyError", message: /more than 60 s/ });
        assert.equal(slept, 60_000);
        assert.match(asked.at(-1)?.url.pathname ?? "", /\/cancel$/);
        assert.ok(asked.every(({ url }) => url.searchParams.get("async") !== "false"));
    });

    it("has one minute for all questions of a look at a window, so that a check ends before its function does", async () => {
        const rows = { code: "090001", message: "Statement executed successfully.", statementHandle: handle };
        const done = { ...rows, resultSetMetaData: { rowType: [{ name: "N", type: "fixed" }] }, data: [["1"]] };
        answers = [
            [202, taken],
            [200, done],
            [202, taken],
        ];
        await assert.rejects(extractor().inspect(specOf(), extraction.window), {
            name: "SourceBusyError",
            message: /looking at the window took more than 60 s/,
        });
        assert.equal(slept, 60_000);
    });

    it("is busy when nobody answers", async () => {
        const closed = createServer().listen(0, "127.0.0.1");
        await new Promise((resolve) => closed.once("listening", resolve));
        const { port } = closed.address() as AddressInfo;
        await new Promise((resolve) => closed.close(resolve));
        const starting = extractor({ endpoint: `http://127.0.0.1:${port}` }).start(extraction);
        await assert.rejects(starting, { name: "SourceBusyError", message: /ECONNREFUSED/ });
    });

    it("names the account whose host nobody knows, and no certificate's fault as busy", () => {
        const failed = (code: string, message: string): Error =>
            new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });
        const about = { source: "shop", doing: "starting the query" };
        const unknown = sortFailure(
            failed("ENOTFOUND", "getaddrinfo ENOTFOUND myorg-shop.snowflakecomputing.com"),
            about,
        );
        assert.ok(unknown instanceof NotFoundError);
        assert.match(unknown.message, /Correct lookout:sources\.shop\.account, or give lookout:sources\.shop\.host\.$/);
        assert.equal(sortFailure(failed("EAI_AGAIN", "getaddrinfo EAI_AGAIN"), about).name, "SourceBusyError");
        assert.equal(sortFailure(failed("CERT_HAS_EXPIRED", "certificate has expired"), about).name, "QueryError");
    });

    const secrets: Record<string, [value: object | string, finding: RegExp]> = {
        "no JSON": ["-----BEGIN", /does not hold a JSON object/],
        "no username": [{ privateKey: pem }, /has no usable key "username"/],
        "no key": [{ username: "lookout" }, /has no usable key "privateKey"/],
        "a key without its lines": [{ username: "lookout", privateKey: pem.slice(40, 200) }, /no private key in PEM/],
        "an encrypted key and no passphrase": [
            {
                username: "lookout",
                privateKey: privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }),
            },
            /has an encrypted "privateKey" and no "passphrase"/,
        ],
        "a key that is not RSA": [
            {
                username: "lookout",
                privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
                    type: "pkcs8",
                    format: "pem",
                }),
            },
            /expected RSA of at least 2048 bits/,
        ],
    };
    for (const [what, [value, finding]] of Object.entries(secrets)) {
        it(`names the secret that holds ${what}, and shows nothing of it`, async () => {
            aws.answers.GetSecretValue = secret(value);
            await assert.rejects(ticketOf(), (error) => {
                assert.ok(error instanceof ConfigError);
                assert.match(error.message, /^lookout:sources\.shop\.secret: the secret "lookout-snowflake" /);
                assert.match(error.message, finding);
                assert.ok(!error.message.includes(pem.slice(60, 100)));
                return true;
            });
            assert.deepEqual(asked, []);
        });
    }

    it("reports a secret that there is not, and one that may not be read", async () => {
        const fail = (code: string, message: string) => () => {
            throw new StandInError(code, message);
        };
        aws.answers.GetSecretValue = fail(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        );
        await assert.rejects(ticketOf(), { name: "NotFoundError", message: /lookout:sources\.shop\.secret/ });
        aws.answers.GetSecretValue = fail(
            "AccessDeniedException",
            "not authorized to perform: secretsmanager:GetSecretValue",
        );
        await assert.rejects(ticketOf(), {
            name: "QueryError",
            message: /reading the secret "lookout-snowflake" failed/,
        });
        aws.answers.GetSecretValue = fail("ThrottlingException", "Rate exceeded");
        await assert.rejects(ticketOf(), { name: "SourceBusyError" });
    });

    it("names the detector's key for a timestamp format that Snowflake cannot read", async () => {
        const spec = specOf({ timestamp: { column: "ts", format: "yyyy-ww" } });
        await assert.rejects(extractor().start({ ...extraction, spec }), (error) => {
            assert.ok(error instanceof ConfigError);
            assert.match(error.message, /^lookout:detectors\.ecommerce\.timestamp\.format: "yyyy-ww" has "ww"/);
            return true;
        });
    });
});
