import { z } from "zod";
import { checkServer, serverKeys } from "../server/keys";

/** The keys of `lookout:sources.<name>` for PostgreSQL: RDS, Aurora or any other server. */
export const postgresSchema = z
    .strictObject({
        type: z.literal("postgres"),
        ...serverKeys({ secretName: "lookout-orders", hostName: "orders.abcdefghijkl.eu-west-1.rds.amazonaws.com" }),
        /**
         * How far TLS is believed, by libpq's names: `verify-full` the certificate and the server's name in it, `verify-ca` the certificate
         * alone, `disable` no TLS at all, for a server on a network that nobody else can listen to.
         */
        sslmode: z
            .enum(["verify-full", "verify-ca", "disable"], {
                error: "is not a way to believe a server; expected verify-full, verify-ca or disable",
            })
            .default("verify-full"),
    })
    .superRefine((config, context) => {
        checkServer(config, context);
        if (config.sslmode === "disable" && config.secret === undefined) {
            const message = "is disable without a secret; signing in by IAM needs TLS, for the token is a password";
            context.addIssue({ code: "custom", path: ["sslmode"], message });
        }
    });

export type PostgresConfig = z.output<typeof postgresSchema>;
