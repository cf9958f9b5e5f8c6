import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export const projectFolder = path.resolve(__dirname, "../..");

const skipped = new Set(["node_modules", ".git", ".lookout", ".apply-check", "docs", "queries"]);

/** Every TypeScript file of the project, by path from its folder. */
export function sourceFiles(folder = ""): string[] {
    return readdirSync(path.join(projectFolder, folder), { withFileTypes: true })
        .filter((entry) => !skipped.has(entry.name))
        .flatMap((entry) => {
            const file = path.posix.join(folder, entry.name);
            if (entry.isDirectory()) return sourceFiles(file);
            return file.endsWith(".ts") ? [file] : [];
        });
}

export interface Import {
    /** `./path/from/the/project.ts`, or a package's name with its subpath. */
    readonly target: string;
    /** Whether only types are imported, which leaves nothing behind in the program that runs. */
    readonly typeOnly: boolean;
}

/** What a file imports, statically or by `import()` and `require()` of a literal. */
export function importsOf(file: string): Import[] {
    const text = readFileSync(path.join(projectFolder, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const found: Import[] = [];
    const add = (specifier: string, typeOnly: boolean): number =>
        found.push({ target: specifier.startsWith(".") ? resolve(file, specifier) : specifier, typeOnly });
    const visit = (node: ts.Node): void => {
        if (
            (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
            node.moduleSpecifier &&
            ts.isStringLiteral(node.moduleSpecifier)
        ) {
            add(node.moduleSpecifier.text, isTypeOnly(node));
        } else if (
            ts.isImportTypeNode(node) &&
            ts.isLiteralTypeNode(node.argument) &&
            ts.isStringLiteral(node.argument.literal)
        ) {
            add(node.argument.literal.text, true);
        } else if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) {
            const called = node.expression;
            if (called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === "require"))
                add(node.arguments[0].text, false);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
    if (ts.isExportDeclaration(node)) return node.isTypeOnly;
    const clause = node.importClause;
    if (clause === undefined) return false;
    if (clause.isTypeOnly) return true;
    const named = clause.namedBindings;
    return (
        clause.name === undefined &&
        named !== undefined &&
        ts.isNamedImports(named) &&
        named.elements.every((element) => element.isTypeOnly)
    );
}

function resolve(from: string, specifier: string): string {
    const target = path.posix.join(path.posix.dirname(from), specifier);
    const candidates = [`${target}.ts`, `${target}/index.ts`, target];
    return `./${candidates.find((candidate) => existsSync(path.join(projectFolder, candidate))) ?? target}`;
}
