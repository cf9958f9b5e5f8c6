import type { AddressInfo } from "node:net";
import { createObjectStore } from "./objectStore";

/*
 * The object store and the secrets in a process of their own, so that their memory and processor are not taken for the extractor's: gets
 * the folder for what is uploaded in parts, and secrets as JSON in LOOKOUT_BENCH_SECRETS; prints its address, and ends with its standard input.
 */
function main(folder: string): void {
    const secrets = JSON.parse(process.env.LOOKOUT_BENCH_SECRETS ?? "{}") as Record<string, unknown>;
    const server = createObjectStore(folder, secrets);
    server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    process.stdin.resume().on("end", () => process.exit(0));
}

main(process.argv[2] ?? "");
