import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { LookoutError } from "../../errors";
import { handleAttempt } from "../../pipeline/attempt";
import { writeDocument } from "../../pipeline/documents";
import { generationKey } from "../../pipeline/objectLayout";
import { type ExtractionSpec, generationRecord } from "../../pipeline/records";
import type { Run } from "../../pipeline/run";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../support/awsStandIn";
import { memoryObjectStore } from "../support/memoryObjectStore";
import { everythingOf, overheard } from "../support/shown";
import { sourceOpeners } from "../support/sourceOpeners";
import { specOf } from "../support/specs";

/** What nobody may see: the password, passphrase or key of each source. */
const mark = "Pa55-that-nobody-may-see";
const { privateKey: encryptedKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: mark },
});
const plainKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
const keyLines = [encryptedKey, plainKey].map((pem) => pem.split("\n")[5]!);
const marked = { accessKeyId: "AKIATEST", secretAccessKey: mark, sessionToken: `session-${mark}` };

/** One way to fail: what Secrets Manager answers, and what else is wrong. */
interface Failure {
    readonly what: string;
    /** What the error says of it. */
    readonly says: RegExp;
    /** The secret's text; a function is what the service answers. */
    readonly secret?: unknown;
    readonly config?: object;
    readonly spec?: Partial<ExtractionSpec>;
}

describe("sources show no secret when they fail:", () => {
    let aws: AwsStandIn;
    let rude: Server;
    let store: HttpServer;
    const port = (): number => (rude.address() as AddressInfo).port;

    before(async () => {
        aws = await openAwsStandIn();
        // Says something that is neither PostgreSQL nor MySQL, and goes.
        rude = createServer((socket) => {
            socket.on("error", () => undefined);
            socket.end("HTTP/1.1 400 Bad Request\r\n\r\n", () => socket.destroy());
        });
        // Knows no object, and lets nobody do anything.
        store = createHttpServer(({ method }, response) => {
            const refusal = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
            if (method === "HEAD") response.writeHead(404).end();
            else response.writeHead(403, { "content-type": "application/xml" }).end(refusal);
        });
        await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
        await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    });
    after(async () => {
        await new Promise((resolve) => rude.close(resolve));
        store.closeAllConnections();
        await new Promise((resolve) => store.close(resolve));
        await aws.close();
    });

    const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const openers = () =>
        sourceOpeners({
            aws: aws.client,
            credentials: marked,
            storeUrl: urlOf(store),
            snowflakeUrl: urlOf(rude),
            externalId: mark,
            token: mark,
        });

    const login = { username: "lookout", password: mark, host: "localhost", port: 1, dbname: "shop" };
    const unreadable: readonly Failure[] = [
        { what: "a secret that is no JSON", says: /does not hold a JSON object/, secret: `password=${mark}` },
        { what: "a secret that is a list", says: /does not hold a JSON object/, secret: [mark] },
        {
            what: "a secret without what is needed",
            says: /has no (usable )?key/,
            secret: { password: mark, privateKey: mark, passphrase: mark },
        },
        {
            what: "an answer that is no JSON, which a parser would quote",
            says: /Secrets Manager cannot be read/,
            secret: () => `{"SecretString":${mark}}`,
        },
        {
            what: "a secret that may not be read",
            says: /is not authorized to perform GetSecretValue/,
            secret: () => {
                throw new StandInError("AccessDeniedException", "User is not authorized to perform GetSecretValue");
            },
        },
    ];
    const servers: readonly Failure[] = [
        ...unreadable,
        {
            what: "a connection string for a host",
            says: /has a "host" that is not the name of a host alone/,
            secret: { ...login, host: `postgres://lookout:${mark}@localhost/shop` },
        },
        { what: "a password for a port", says: /has a "port" that is none/, secret: { ...login, port: mark } },
        { what: "nobody who listens", says: /ECONNREFUSED/, secret: login },
        { what: "a server that speaks another language", says: /failed: /, secret: login, config: { port: -1 } },
        {
            what: "a token that nobody takes",
            says: /ECONNREFUSED/,
            config: { secret: undefined, user: "u", host: "localhost", database: "d", port: 1 },
        },
    ];
    const services: readonly Failure[] = [
        { what: "a service that refuses", says: /Access Denied/ },
        { what: "a query that is wrong", says: /query/, spec: { query: "select 1;" } },
    ];
    const failures: Readonly<Record<string, readonly Failure[]>> = {
        postgres: [
            ...servers,
            { what: "no TLS", says: /failed: /, secret: login, config: { port: -1, sslmode: "disable" } },
        ],
        mysql: servers,
        redshift: [
            ...unreadable,
            { what: "a refusal", says: /Access Denied/, secret: { password: mark, dbClusterIdentifier: "c", db: "d" } },
        ],
        snowflake: [
            ...unreadable,
            { what: "a key that is none", says: /that is no private key/, secret: { username: "u", privateKey: mark } },
            {
                what: "an encrypted key without its passphrase",
                says: /no "passphrase"/,
                secret: { username: "u", privateKey: encryptedKey },
            },
            {
                what: "another passphrase",
                says: /does not open its/,
                secret: { username: "u", privateKey: encryptedKey, passphrase: `${mark}2` },
            },
            {
                what: "an account that answers nonsense",
                says: /failed: /,
                secret: { username: "u", privateKey: plainKey },
            },
            {
                what: "an encrypted key",
                says: /failed: /,
                secret: { username: "u", privateKey: encryptedKey, passphrase: mark },
            },
        ],
        athena: services,
        s3: [...services, { what: "a role that may not be assumed", says: /sts:AssumeRole/ }],
        duckdb: services.slice(0, 1),
    };

    it("every source is among them", () => {
        assert.deepEqual(Object.keys(failures).sort(), Object.keys(openers()).sort());
    });

    for (const [type, ways] of Object.entries(failures))
        for (const failure of ways)
            it(`${type} over ${failure.what}`, async () => {
                prepare(failure, type);
                const { error, printed, written } = await fail(type, failure);
                assert.ok(error instanceof LookoutError, `${String(error)} is none of ours`);
                assert.match(error.message, failure.says);
                const asked = JSON.stringify(aws.calls.filter(({ operation }) => operation !== "AssumeRole"));
                const shown = [everythingOf(error), printed, written, asked].join("\n");
                for (const hidden of [mark.slice(0, 8), ...keyLines])
                    assert.ok(!shown.includes(hidden), `it shows ${hidden}: ${shown}`);
            });

    function prepare({ secret = {} }: Failure, type: string): void {
        aws.calls.length = 0;
        const text = typeof secret === "string" ? secret : JSON.stringify(secret);
        aws.answers.GetSecretValue =
            typeof secret === "function" ? (secret as () => unknown) : () => ({ Name: "s", SecretString: text });
        const refuse = (): never => {
            throw new StandInError("AccessDenied", "Access Denied", 403);
        };
        for (const operation of ["ExecuteStatement", "StartQueryExecution"]) aws.answers[operation] = refuse;
        const { accessKeyId, secretAccessKey, sessionToken } = marked;
        const expiry = new Date(Date.now() + 3_600_000).toISOString();
        const given =
            `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId>` +
            `<SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken>` +
            `<Expiration>${expiry}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
        aws.answers.AssumeRole = type === "s3" ? () => given : refuse;
    }

    /** Extracts as the state machine does; what was written is whatever lies in the store afterwards. */
    async function fail(type: string, { config = {}, spec = {}, what }: Failure) {
        if (what === "a role that may not be assumed")
            aws.answers.AssumeRole = () => {
                throw new StandInError("AccessDenied", "User is not authorized to perform: sts:AssumeRole", 403);
            };
        const placed = "port" in config && config.port === -1 ? { ...config, port: port() } : config;
        const ledger = memoryObjectStore();
        const run: Run = {
            kind: "live",
            detector: "orders",
            interval: "PT1H",
            source: "warehouse",
            generation: "0123456789",
            execution: "e",
            fence: 1,
            extractor: "x",
            maxConcurrentStatements: 1,
        };
        const record = { version: 1, generation: run.generation, spec: specOf(spec) } as const;
        await writeDocument(ledger, generationKey(run.detector, run.generation), generationRecord, record);
        const start = Date.parse("2026-01-01T10:00:00Z");
        const window = { start, end: start + 3_600_000 };
        const { error, printed } = await overheard(() =>
            handleAttempt(
                { action: "start", run, window, attempt: 1 },
                { extractor: openers()[type]!(placed), store: ledger, bucket: "metrics" },
            ),
        );
        const written: string[] = [];
        for await (const { key } of ledger.list("")) written.push(key, (await ledger.get(key))?.body.toString() ?? "");
        return { error, printed, written: written.join("\n") };
    }
});
