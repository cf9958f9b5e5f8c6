/** Names and codes of warnings that come from libraries and that a user can do nothing about. Everything else is still shown. */
const hidden: ReadonlySet<string> = new Set([
    // The AWS SDK's notice that a coming version will want a newer Node.js.
    "NodeVersionSupportWarning",
    // Node.js on features of its own that libraries use.
    "ExperimentalWarning",
    // Deprecated modules in dependencies of dependencies: punycode, url.parse.
    "DEP0040",
    "DEP0169",
]);

/** True for a warning that need not be shown. The AWS SDK writes its warning's name at the start of the text. */
export function isHidden(warning: Error & { readonly code?: string }): boolean {
    const [, written = ""] = /^(\w+Warning): /.exec(warning.message) ?? [];
    return [warning.name, written, warning.code ?? ""].some((name) => hidden.has(name));
}

/** Shows a process's warnings as before, except the hidden ones. */
export function filterWarnings(target: NodeJS.Process): void {
    const listeners = target.listeners("warning");
    target.removeAllListeners("warning");
    target.on("warning", (warning) => {
        if (!isHidden(warning)) {
            listeners.forEach((listener) => listener.call(target, warning));
        }
    });
}
