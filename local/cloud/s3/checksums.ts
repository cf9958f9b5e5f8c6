import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { CloudError } from "../service";

/** Algorithms as headers name them; the SDK for JavaScript sends CRC32 unless told otherwise. */
export const checksumAlgorithms = ["crc32", "crc32c", "sha1", "sha256"] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** A checksum as S3 keeps it. */
export interface StoredChecksum {
    readonly algorithm: ChecksumAlgorithm;
    /** Base64; a composite one ends with `-` and the number of parts. */
    readonly value: string;
    readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** Base64 checksum of some bytes. */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
    switch (algorithm) {
        case "crc32":
            return base64OfCrc(crc32(bytes));
        case "crc32c":
            return base64OfCrc(crc32c(bytes));
        default:
            return digest(createHash(algorithm), bytes);
    }
}

/**
 * Checks the bytes against every checksum that came with them, in headers or in the trailer, and returns the one to keep. Throws the
 * service's error for one that does not match.
 */
export function verifyChecksums(
    body: Buffer,
    headers: Readonly<Record<string, string | undefined>>,
): StoredChecksum | undefined {
    const md5 = headers["content-md5"];
    if (md5 !== undefined && digest(createHash("md5"), body) !== md5) {
        throw new CloudError("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    for (const algorithm of checksumAlgorithms) {
        const expected = headers[`x-amz-checksum-${algorithm}`];
        if (expected !== undefined) {
            if (checksumOf(algorithm, body) !== expected) {
                const name = algorithm.toUpperCase();
                throw new CloudError("BadDigest", `The ${name} you specified did not match the calculated checksum.`);
            }
            return { algorithm, value: expected, type: "FULL_OBJECT" };
        }
    }
    if (headers["x-amz-checksum-crc64nvme"] !== undefined) {
        throw new CloudError("NotImplemented", "The embedded S3 does not know CRC64NVME; use CRC32.", 501);
    }
    return undefined;
}

/** The checksum of an object that was put together from parts. */
export function compositeChecksum(parts: readonly (StoredChecksum | undefined)[]): StoredChecksum | undefined {
    const algorithm = parts[0]?.algorithm;
    if (algorithm === undefined || parts.some((part) => part?.algorithm !== algorithm)) {
        return undefined;
    }
    const joined = Buffer.concat(parts.map((part) => Buffer.from(part!.value, "base64")));
    return { algorithm, value: `${checksumOf(algorithm, joined)}-${parts.length}`, type: "COMPOSITE" };
}

/** Headers that tell a caller of the checksum. */
export function checksumHeaders(checksum: StoredChecksum | undefined): Record<string, string> {
    return checksum === undefined
        ? {}
        : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, "x-amz-checksum-type": checksum.type };
}

function digest(hash: Hash, bytes: Uint8Array): string {
    return hash.update(bytes).digest("base64");
}

function base64OfCrc(value: number): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes.toString("base64");
}

/** CRC-32 with Castagnoli's polynomial, in its bit-reversed form. */
const castagnoli = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) {
        value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    }
    return value;
});

function crc32c(bytes: Uint8Array): number {
    let value = 0xffffffff;
    for (const byte of bytes) {
        value = (value >>> 8) ^ castagnoli[(value ^ byte) & 0xff]!;
    }
    return (value ^ 0xffffffff) >>> 0;
}
