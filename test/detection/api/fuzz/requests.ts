import { everyOwnCall } from "../../../../detection/api/own/calls";
import type { Random } from "../../../../local/demo/random";
import { cases } from "../conformance/cases";
import type { World } from "../conformance/world";
import { badArns, mutations, oddKeys, type Json } from "./mutations";

/** A request that the API must refuse. */
export interface BadRequest {
    /** What is wrong with it, for whoever reads of a failure. */
    readonly what: string;
    readonly method: string;
    readonly path: string;
    readonly body?: string | Buffer;
}

const tagCalls = ["ListTagsForResource", "TagResource", "UntagResource"];
const operations = Object.keys(cases).filter((name) => !tagCalls.includes(name));

/** One malformed request after another, as the stream of random numbers decides. */
export function badRequest(world: World, random: Random): BadRequest {
    const kind = random.integer(1, 100);
    if (kind <= 78) return badBody(world, random);
    if (kind <= 86) return badPath(random);
    if (kind <= 95) return badTagCall(random);
    return badOwnCall(random);
}

function badBody(world: World, random: Random): BadRequest {
    const name = random.pick(operations);
    const body = JSON.parse(JSON.stringify(cases[name]!.succeeds(world))) as { [key: string]: Json };
    const what = random.pick(Object.keys(mutations));
    return { what: `${name} with ${what}`, method: "POST", path: `/${name}`, body: mutations[what]!(body, random) };
}

function badPath(random: Random): BadRequest {
    const name = random.pick(operations);
    const path = random.pick([
        `//${name}`,
        `/${name}/`,
        `/${name.toLowerCase()}`,
        `/${name}%00`,
        `/${name};x`,
        `/v1/${name}`,
        `/%2e%2e/${name}`,
        `/x/%2e%2e%2f${name}`,
        `/_detection/detectors/shop.json`,
        `/__proto__`,
        `/constructor`,
        "/",
        `/${"a/".repeat(random.integer(1, 2000))}`,
        `/${encodeURIComponent(random.pick(oddKeys)).slice(0, 1000)}`,
    ]);
    const method = random.pick(["POST", "GET", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    const other = random.pick(["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    const isOther = random.integer(0, 1) === 1;
    return isOther
        ? { what: `${other} on an operation`, method: other, path: `/${name}` }
        : { what: "a path that is no operation", method, path, ...(method === "POST" ? { body: "{}" } : {}) };
}

const encoded = (arn: string): string => encodeURIComponent(arn).slice(0, 5000);

function badTagCall(random: Random): BadRequest {
    const known = encoded("arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop");
    const bad = random.pick([...badArns.map(encoded), "%", "%zz", "%c3%28", "..%2f..%2fetc", "%00", "a/b/c", "%2e%2e"]);
    const method = random.pick(["GET", "POST", "DELETE"]);
    if (random.integer(0, 2) === 0 && bad !== "")
        return {
            what: "tags of a bad ARN",
            method,
            path: `/tags/${bad}${method === "DELETE" ? "?tagKeys=a" : ""}`,
            ...(method === "POST" ? { body: '{"tags":{"a":"b"}}' } : {}),
        };
    if (random.integer(0, 1) === 0) {
        const keys = random.pick([
            "",
            "?tagKeys=",
            `?tagKeys=${"a".repeat(200)}`,
            `?${"tagKeys=a&".repeat(60)}`,
            "?TagKeys=a",
        ]);
        return { what: "bad tag keys", method: "DELETE", path: `/tags/${known}${keys}` };
    }
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ""]));
    const body = random.pick([
        '{"tags":{"__proto__":"x"}}',
        '{"tags":{"aws:a":"x"}}',
        '{"tags":{"":"x"}}',
        '{"tags":{"a":1}}',
        '{"tags":{"a":{"b":"c"}}}',
        '{"tags":{"a\\u0000":"x"}}',
        '{"tags":[]}',
        '{"tags":"a"}',
        '{"Tags":{"a":"b"}}',
        '{"tags":{"a":"b"},"more":1}',
        "{}",
        "{",
        JSON.stringify({ tags: many }),
        JSON.stringify({ tags: { a: "x".repeat(300) } }),
    ]);
    return { what: `tags ${body.slice(0, 60)}`, method: "POST", path: `/tags/${known}`, body };
}

function badOwnCall(random: Random): BadRequest {
    const [name] = random.pick(everyOwnCall);
    const what = random.pick([
        "cut off",
        "no JSON",
        "no object",
        "no UTF-8",
        "an unknown member",
        "too deep",
        "a wrong type",
    ]);
    const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
    const body = mutations[what]!({ AnomalyDetectorArn: arn }, random);
    return { what: `${name} with ${what}`, method: "POST", path: `/lookout/v1/${name}`, body };
}
