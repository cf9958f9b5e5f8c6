import { AthenaClient, GetQueryResultsCommand } from "@aws-sdk/client-athena";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { LookoutError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import { formatWindow } from "../../pipeline/windows";
import type { Extraction, ExtractionStatus, Extractor, OpenedSource, Ticket } from "../metricSource";
import { type About, columnsOf, withKeysOf } from "../sql/about";
import type { Ask } from "../sql/inspection";
import { patienceOf } from "../sql/patience";
import { quoteIdentifier } from "../sql/quoting";
import { describeBy, inspectBy, type Questions } from "../sql/looks";
import { aboutTicket } from "../sql/statementTicket";
import { adviseOn } from "./advice";
import { answerOf } from "./answers";
import type { AthenaConfig } from "./config";
import { foreignLocation, sortFailure } from "./failures";
import { hasSucceeded, look, type QueryTools, type Statement, stop, submit, waitFor } from "./queries";
import { selectColumns, selectWindow } from "./sql";

/** What the extractor talks through; a test puts its own in. */
export interface AthenaTools extends QueryTools {
    readonly s3: S3Client;
}

type Source = OpenedSource<AthenaConfig>;

/** Seconds that the questions of one call may take together; a check makes four calls at most within the function's time. */
const patienceSeconds = 60;

/**
 * Run half of the Athena source. The query's own result is the extracted object: `<prefix><query id>.csv`, with a header, every
 * value in quotes and NULL as nothing (https://pyathena.dev/master/null_handling.html has it measured), written by Athena itself. Beside it
 * lies `<query id>.csv.metadata`, which a commit passes over and deletes.
 */
export function open(source: Source, tools: AthenaTools = openTools(source.region)): Extractor {
    const questions: Questions = {
        source: source.name,
        asker: (about) => asker(source, tools, about),
        selectColumns,
        selectWindow,
        identifier: quoteIdentifier,
    };
    return {
        start: (extraction) => start(source, tools, extraction),
        status: (ticket) => status(source, tools, ticket),
        cancel: (ticket) => cancel(source, tools, ticket),
        describe: (spec) => describeBy(questions, spec),
        inspect: (spec, window) => inspectBy(questions, spec, window),
        advise: async (spec) => adviseOn(spec),
    };
}

function openTools(region: string): AthenaTools {
    return { athena: new AthenaClient({ region }), s3: new S3Client({ region }), now: Date.now, sleep };
}

async function start(source: Source, tools: AthenaTools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, bucket, prefix, token } = extraction;
    const about = { source: source.name, detector, window: formatWindow(window) };
    const sql = withKeysOf(detector, () => selectWindow(spec, window));
    const location = `s3://${bucket}/${prefix}`;
    const statementId = await submit(source.config, tools, { ...about, doing: "starting the query" }, sql, {
        ClientRequestToken: token,
        ResultConfiguration: { OutputLocation: location },
    });
    await requireLocation(source, tools, location, { ...about, statementId });
    return {
        statementId,
        detector,
        window: about.window,
        columns: JSON.stringify(columnsOf(spec)),
        queryHash: queryHash(sql),
    };
}

async function status(source: Source, tools: AthenaTools, ticket: Ticket): Promise<ExtractionStatus> {
    const about = aboutTicket(source.name, ticket);
    return { state: hasSucceeded(await look(tools, about), about) ? "finished" : "running" };
}

/** Stopping a query that has ended is no error to Athena. */
async function cancel(source: Source, tools: AthenaTools, ticket: Ticket): Promise<void> {
    await stop(tools, aboutTicket(source.name, ticket));
}

/** Runs queries that give few rows, and waits for them: all of them together for a minute at most, then it stops and is busy. */
function asker(source: Source, tools: AthenaTools, about: About): Ask {
    const { bucket } = source;
    const folder = `_checks/${source.name}/`;
    // Without a bucket of ours the workgroup's own place for results has to do.
    const place = bucket === undefined ? {} : { ResultConfiguration: { OutputLocation: `s3://${bucket}/${folder}` } };
    const patience = patienceOf(tools, patienceSeconds);
    return async (sql) => {
        const statementId = await submit(source.config, tools, about, sql, place);
        const asked = { ...about, statementId };
        try {
            await waitFor(tools, patience, asked);
            return answerOf(await tools.athena.send(new GetQueryResultsCommand({ QueryExecutionId: statementId })));
        } catch (error) {
            throw error instanceof LookoutError ? error : sortFailure(error, asked);
        } finally {
            if (bucket !== undefined) await removeAnswer(tools, bucket, `${folder}${statementId}`);
        }
    };
}

/** Takes away the file that Athena wrote an answer to, and its companion. */
async function removeAnswer({ s3 }: AthenaTools, bucket: string, key: string): Promise<void> {
    const keys = [".csv", ".csv.metadata"].map((ending) => `${key}${ending}`);
    // What stays, if S3 refuses, is a few bytes that nobody reads.
    await Promise.allSettled(keys.map((Key) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))));
}

/** A workgroup may have a mind of its own about where rows go: found out at once, before the query has cost anything. */
async function requireLocation(
    { config }: Source,
    tools: AthenaTools,
    location: string,
    about: Statement,
): Promise<void> {
    const { ResultConfiguration } = await look(tools, about);
    const found = ResultConfiguration?.OutputLocation;
    if (found?.startsWith(location) !== true) {
        await stop(tools, about);
        throw foreignLocation(found, config.workgroup, about);
    }
}
