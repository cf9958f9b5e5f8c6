import type { Random } from "../../../../local/demo/random";

/** A JSON value that can be changed in place. */
export type Json = string | number | boolean | Json[] | { [key: string]: Json };

/** A place inside a value: the container and the key in it. */
interface Spot {
    readonly inside: { [key: string]: Json } | Json[];
    readonly key: string | number;
    readonly value: Json;
    readonly path: string;
}

/** Keys that are part of every object's prototype, or look like it. */
export const oddKeys = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "__defineGetter__",
    "",
    " ",
    "toJSON",
    "then",
    "length",
    "anomalydetectorarn",
    "🚀",
    "a".repeat(10_000),
];

export const badArns = [
    "",
    " ",
    "shop",
    "arn",
    "arn:aws:s3:::bucket",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:../shop",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop/../bare",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop\u0000",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:__proto__",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:constructor",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop.json",
    "arn:aws:lookoutmetrics:eu-west-1:123456789012:AnomalyDetector:shop",
    "arn:aws:lookoutmetrics:us-east-1:999999999999:AnomalyDetector:shop",
    "arn:aws-cn:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:MetricSet/shop",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:MetricSet/../../orders",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:MetricSet/shop/orders/more",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:../told",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:toString",
    "arn:aws:lookoutmetrics:us-east-1:123456789012:Nothing:shop",
    `arn:${":".repeat(100_000)}\n`,
    `arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:${"a".repeat(100_000)}`,
];

/** Paths of buckets that no one can have. */
const badPaths = [
    ...[
        "hasOwnProperty",
        "__proto__",
        "__defineGetter__",
        "toString",
        "valueOf",
        "_own",
        "ab",
        "-shop",
        "shop-",
        "sh op",
    ],
    ...["a".repeat(64), "{{yyyy}}", "shop{{yyyy}}", "shop\n", "", "..", "ü-data", "shop%2fdata"],
].flatMap((bucket) => [`s3://${bucket}`, `s3://${bucket}/live/{{yyyyMMdd}}/{{HHmm}}`]);

/** Every place in a value, but those inside tags, where any key may stand. */
function spots(inside: { [key: string]: Json } | Json[], path = ""): Spot[] {
    return Object.entries(inside).flatMap(([key, value]): Spot[] => {
        const spot = { inside, key, value, path: `${path}.${key}` };
        const goesOn = typeof value === "object" && !["Tags", "tags"].includes(key);
        return goesOn ? [spot, ...spots(value, spot.path)] : [spot];
    });
}

function put({ inside, key }: Spot, value: Json): void {
    (inside as { [key: string]: Json })[key] = value;
}

const ofOtherType = (value: Json, random: Random): Json => {
    if (typeof value === "string") return random.pick<Json>([17, true, [], {}, [value], { S: value }]);
    if (typeof value === "number") return random.pick<Json>(["many", 1.5, {}, [], true, -1, 1e308, 1e9]);
    if (typeof value === "boolean") return random.pick<Json>(["yes", 1, {}, []]);
    if (Array.isArray(value)) return random.pick<Json>([{}, "list", 3, false, { length: 1 }]);
    return random.pick<Json>(["object", 3, [], false, [value]]);
};

/** An own key of any name, `__proto__` too, as a JSON parser makes it. */
function putKey(inside: object, key: string, value: Json): void {
    Object.defineProperty(inside, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A value nested deeper than any request. */
function deep(depth: number, random: Random): string {
    const [open, close] = random.pick([
        ["[", "]"],
        ['{"a":', "}"],
        ['{"__proto__":', "}"],
    ]);
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

/** Makes a body that the API must refuse out of one that it takes. */
export type Mutation = (body: { [key: string]: Json }, random: Random) => string | Buffer;

/** A place that `fits`, or else any, is given another value. */
function change(fits: (spot: Spot) => boolean, valueOf: (spot: Spot, random: Random) => Json): Mutation {
    return (body, random) => {
        const all = spots(body);
        const fitting = all.filter(fits);
        if (fitting.length === 0) return "[]";
        const spot = random.pick(fitting);
        put(spot, valueOf(spot, random));
        return JSON.stringify(body);
    };
}

const isText = ({ value }: Spot): boolean => typeof value === "string";
const isTags = ({ path }: Spot): boolean => /\.[Tt]ags$/.test(path);

export const mutations: Readonly<Record<string, Mutation>> = {
    "cut off": (body, random) => {
        const text = JSON.stringify(body);
        return text.slice(0, random.integer(1, text.length - 1));
    },
    "no JSON": (_, random) =>
        random.pick([
            "{",
            "}",
            "{]",
            "nul",
            "undefined",
            "NaN",
            "{'a':1}",
            '{"a":}',
            "<xml/>",
            "a=b",
            '{"a":1}}',
            "\u0000",
        ]),
    "no object": (_, random) => random.pick(["[]", "[{}]", "1", '"text"', "null", "true", "-0", "[null]"]),
    "no UTF-8": (body, random) => {
        const text = Buffer.from(JSON.stringify(body));
        const bad = random.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0xc0, 0xaf]]);
        const at = random.integer(1, text.length - 1);
        return Buffer.concat([text.subarray(0, at), Buffer.from(bad), text.subarray(at)]);
    },
    "a wrong type": change(
        () => true,
        ({ value }, random) => ofOtherType(value, random),
    ),
    "a huge text": change(
        (spot) => isText(spot),
        ({ value }, random) =>
            random.pick([value as string, "a", "é", ":", " ", "{", "s3://a"]) +
            random.pick(["a", ":", "/", "\\", "\n", "😀", "%"]).repeat(random.pick([5000, 5000, 20_000, 100_000])),
    ),
    "a wrong ARN": change(
        ({ key, value }) => typeof value === "string" && /Arn$/.test(String(key)) && value.includes(":lookoutmetrics:"),
        (_, random) => random.pick(badArns),
    ),
    "an unknown member": (body, random) => {
        const objects = [
            body,
            ...spots(body)
                .filter((spot) => !isTags(spot))
                .map(({ value }) => value),
        ].filter((value): value is { [key: string]: Json } => typeof value === "object" && !Array.isArray(value));
        putKey(random.pick(objects), random.pick(oddKeys), random.pick<Json>([1, "x", {}, [], { polluted: true }]));
        return JSON.stringify(body);
    },
    "too deep": (body, random) => {
        const nested = deep(random.pick([25, 25, 200, 2000, 20_000]), random);
        const key = random.pick([...Object.keys(body), "Extra"]);
        return `{${JSON.stringify(key)}:${nested}}`;
    },
    "a bad name": change(
        ({ key, value }) =>
            typeof value === "string" && /^(AnomalyDetectorName|MetricSetName|AlertName|MetricName)$/.test(String(key)),
        (_, random) =>
            random.pick(["", " ", "-a", "_a", "a b", "a/b", "../a", "a.json", "ü", "a\u0000", "a\n", "__proto__"]),
    ),
    "a bad path": change(
        ({ value }) => typeof value === "string" && value.startsWith("s3://"),
        (_, random) => random.pick(badPaths),
    ),
    "a bad token": (body, random) => {
        const place = random.pick([
            '{"__proto__":1}',
            "[]",
            "null",
            '{"for":"ListAlerts ","at":1,"place":{}}',
            "\u0000",
            "x",
        ]);
        const token = random.pick([Buffer.from(place).toString("base64url"), "a b", "", "=".repeat(4000), place]);
        return JSON.stringify({ ...body, NextToken: token });
    },
    "a bad number": (body, random) =>
        JSON.stringify({ ...body, MaxResults: random.pick<Json>([0, -1, 101, 1.5, 1e308, "10", true, [], {}]) }),
};
