/**
 * Makes the reference of the client library of its sources: `npm run client:reference` writes `docs/clients/reference.md`, and a test says
 * when that is stale. What an entry exports is told as it is declared, comments and all.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ts } from '@ts-morph/common';
import { format, resolveConfig } from 'prettier';

const ROOT = resolve(import.meta.dirname, '../..');
const FILE = 'docs/clients/reference.md';
const ENTRIES = { 'tidings-client': 'client/index.ts', 'tidings-client/app': 'client/app.ts' } as const;
const HEAD = `<!-- Made of the comments in \`client/\` by \`npm run client:reference\`; edit those, and not this. -->

# Reference of the client library

[How to begin](../../client/README.md). Paths, bodies and answers of \`read\` and \`write\` are those of the servers' OpenAPI documents.
`;

/** What the file ought to say. */
export async function generateReference(): Promise<string> {
  const sections: string[] = [HEAD];
  for (const [specifier, entry] of Object.entries(ENTRIES)) {
    sections.push(`## \`${specifier}\`\n`);
    for (const { from, names } of exportsIn(await parse(entry))) {
      const source = await parse(join(dirname(entry), from));
      for (const name of names) sections.push(sectionOf(name, source));
    }
  }
  return format(sections.join('\n'), { ...(await resolveConfig(join(ROOT, FILE))), filepath: FILE });
}

const parse = async (file: string): Promise<ts.SourceFile> => ts.createSourceFile(file, await readFile(join(ROOT, file), 'utf8'), ts.ScriptTarget.ESNext, true);

type Exported = { readonly from: string; readonly names: readonly string[] };

const exportsIn = (entry: ts.SourceFile): readonly Exported[] =>
  entry.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) return [];
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    return [{ from: statement.moduleSpecifier.text, names: statement.exportClause.elements.map(({ name }) => name.text) }];
  });

function sectionOf(name: string, source: ts.SourceFile): string {
  const statement = source.statements.find((one) => namesOf(one).includes(name));
  if (statement === undefined) throw new Error(`${source.fileName} declares no ${name}.`);
  const comment = ts.getJSDocCommentsAndTags(statement).find(ts.isJSDoc);
  const told = comment === undefined ? '' : `${prose(comment)}\n\n`;
  return `### \`${name}\`\n\n${told}\`\`\`ts\n${declarationOf(statement, source)}\n\`\`\`\n`;
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return [statement.name?.text ?? ''];
  return [];
}

/** A paragraph a line; what is indented is an example. */
function prose(comment: ts.JSDoc): string {
  const lines = (ts.getTextOfJSDocComment(comment.comment) ?? '').split('\n');
  return lines.join('\n').replaceAll(/(\S)\n(?=[^\s])/g, '$1 ');
}

/** Without what it does: a function has its signature, a class what can be read of it. */
function declarationOf(statement: ts.Statement, source: ts.SourceFile): string {
  const text = statement.getText(source).replace(/^export /, '');
  if (ts.isFunctionDeclaration(statement)) {
    const typed = (statement.typeParameters ?? []).map((one) => one.getText(source)).join(', ');
    const returned = statement.type?.getText(source) ?? 'void';
    return `function ${statement.name?.text ?? ''}${typed === '' ? '' : `<${typed}>`}(${statement.parameters.map((one) => parameterOf(one, source)).join(', ')}): ${returned};`;
  }
  if (ts.isClassDeclaration(statement)) {
    const shown = statement.members
      .filter((member) => ts.isPropertyDeclaration(member))
      .map((member) => `  ${source.text.slice(member.getFullStart(), member.getEnd()).trim()}`);
    return `${text.slice(0, text.indexOf('{'))}{\n${shown.join('\n')}\n}`;
  }
  return text;
}

function parameterOf({ name, type, initializer, questionToken }: ts.ParameterDeclaration, source: ts.SourceFile): string {
  const isOptional = initializer !== undefined || questionToken !== undefined;
  return `${ts.isIdentifier(name) ? name.text : 'options'}${isOptional ? '?' : ''}: ${type?.getText(source) ?? 'unknown'}`;
}

if (import.meta.main) await writeFile(join(ROOT, FILE), await generateReference());
