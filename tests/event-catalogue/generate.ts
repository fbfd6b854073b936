/**
 * Makes the catalogue of events, and that of the documents of the views, from the types and the code: `npm run catalogue` writes
 * `app/analytics/generated/`, and a test says when that is stale.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { getLibFiles, ts } from '@ts-morph/common';
import { format, resolveConfig } from 'prettier';
import type { CataloguedEvent, CataloguedView, FieldSchema } from '../../app/analytics/catalogue.ts';
import { sealing } from '../../domain/events.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { appendedBy, readersIn, type Reader } from './code-of-events.ts';
import { createSchemaOf, type SchemaOf } from './schema-of.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EVENTS = join(ROOT, 'domain/events.ts');
const DECIDERS = join(ROOT, 'domain/deciders.ts');
const LIBRARY = '/library';
const PROJECTORS = join(ROOT, 'projections/read-models/projectors.ts');

/** The streams that Tidings keeps for itself have no decider. */
const OWN_STREAMS: Readonly<Record<string, string>> = {
  'operations.checkpoint-reached.v1': 'checkpoint',
  'operations.version-activated.v1': 'versions',
  'operations.rebuild-requested.v1': 'versions',
  'operations.rebuild-cancelled.v1': 'versions',
  'operations.event-set-aside.v1': 'dead-letters',
  'operations.event-resolved.v1': 'dead-letters',
  'operations.snapshot-taken.v1': 'snapshot',
  'operations.snapshot-part-taken.v1': 'snapshot',
  'operations.vault-adopted.v1': 'vault',
  'operations.log-restored.v1': 'restores',
};

/** By file, what it ought to say. */
export async function generateCatalogues(): Promise<ReadonlyMap<string, string>> {
  const reading = sourcesUnder('workers');
  const options = compilerOptions();
  const program = ts.createProgram([EVENTS, DECIDERS, PROJECTORS, ...reading], options, compilerHost(options));
  const checker = program.getTypeChecker();
  const schemaOf = createSchemaOf(checker);
  const readers = [...projectors.map(({ name, handles }): Reader => ({ name, kind: 'projector', handles })), ...readersIn(program, reading)];
  const events = eventsIn(program, schemaOf, readers);
  const views = viewsIn(program, schemaOf);
  return new Map([
    ['app/analytics/generated/events.json', await asFile('app/analytics/generated/events.json', events)],
    ['app/analytics/generated/views.json', await asFile('app/analytics/generated/views.json', views)],
  ]);
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as { readonly config: object };
  return { ...ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT).options, noEmit: true };
}

/** The compiler without its package has its library in memory. */
function compilerHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const library = new Map(getLibFiles().map(({ fileName, text }) => [`${LIBRARY}/${fileName}`, text]));
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  return {
    ...host,
    getDefaultLibLocation: () => LIBRARY,
    getDefaultLibFileName: (ofOptions) => `${LIBRARY}/${ts.getDefaultLibFileName(ofOptions)}`,
    fileExists: (path) => library.has(path) || fileExists(path),
    readFile: (path) => library.get(path) ?? readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = library.get(path);
      return text === undefined ? host.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
    },
  };
}

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return sourcesUnder(path);
    return name.endsWith('.ts') && !name.endsWith('.test.ts') ? [join(ROOT, path)] : [];
  });
}

function eventsIn(program: ts.Program, schemaOf: SchemaOf, readers: readonly Reader[]): readonly CataloguedEvent[] {
  const checker = program.getTypeChecker();
  const deciders = decidersIn(program);
  const union = exportedType(program, EVENTS, 'TidingsEvent');
  const members = union.isUnion() ? union.types : [union];
  return members
    .map((member): CataloguedEvent => {
      const type = literalOf(checker, member, 'type');
      const ofType = deciders.filter(({ types }) => types.includes(type));
      const description = commentOf(member);
      return {
        type,
        title: titleOf(type),
        ...(description === undefined ? {} : { description }),
        streams: ofType.length === 0 ? [OWN_STREAMS[type] ?? ''] : ofType.map(({ category }) => category),
        decidedBy: [...new Set(ofType.map(({ file }) => file))],
        appendedBy: appendedBy(ROOT, [...new Set(ofType.map(({ name }) => name))]),
        readBy: readers.filter(({ handles }) => handles.includes(type)).map(({ name, kind }) => ({ name, kind })),
        personal: { ...sealing[type as keyof typeof sealing] },
        schema: withPersonal(schemaOf(typeOfProperty(checker, member, 'data')), Object.keys(sealing[type as keyof typeof sealing])),
        example: JSON.parse(readFileSync(join(ROOT, 'domain/golden', `${type}.json`), 'utf8')) as CataloguedEvent['example'],
      };
    })
    .toSorted((a, b) => (a.type < b.type ? -1 : 1));
}

/** A field whose type tells nothing of itself may be sealed as well. */
function withPersonal(schema: FieldSchema, fields: readonly string[]): FieldSchema {
  if (schema.properties === undefined) return schema;
  const marked = Object.entries(schema.properties).map(([name, field]) => [name, fields.includes(name) ? { ...field, personal: true as const } : field]);
  return { ...schema, properties: Object.fromEntries(marked) as NonNullable<FieldSchema['properties']> };
}

function viewsIn(program: ts.Program, schemaOf: SchemaOf): readonly CataloguedView[] {
  const checker = program.getTypeChecker();
  const documents = exportedType(program, PROJECTORS, 'TidingsDocuments');
  const projectorOf = new Map(projectors.flatMap(({ name, indexes }) => Object.keys(indexes).map((collection) => [collection, name] as const)));
  return checker
    .getPropertiesOfType(documents)
    .map((collection) => ({
      collection: collection.name,
      projector: projectorOf.get(collection.name) ?? '',
      schema: schemaOf(checker.getTypeOfSymbol(collection)),
    }))
    .toSorted((a, b) => (a.collection < b.collection ? -1 : 1));
}

type DeciderEntry = { readonly category: string; readonly name: string; readonly file: string; readonly types: readonly string[] };

function decidersIn(program: ts.Program): readonly DeciderEntry[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(DECIDERS);
  if (source === undefined) throw new Error(`${DECIDERS} is no source.`);
  const table = exportsOf(program, DECIDERS).find(({ name }) => name === 'DECIDERS');
  if (table === undefined) throw new Error('There is no table of deciders.');
  return checker.getPropertiesOfType(checker.getTypeOfSymbol(table)).map((entry) => {
    const [declaration] = entry.declarations ?? [];
    const name = declaration !== undefined && ts.isPropertyAssignment(declaration) ? declaration.initializer.getText() : entry.name;
    const imported = new RegExp(`\\b${name}\\b.* from '\\./(.*)';`).exec(source.text)?.[1] ?? '';
    const [evolve] = typeOfProperty(checker, checker.getTypeOfSymbol(entry), 'evolve').getCallSignatures();
    const event = evolve?.parameters[1];
    const events = event === undefined ? [] : membersOf(checker.getTypeOfSymbol(event));
    return { category: entry.name, name, file: `domain/${imported}`, types: events.map((one) => literalOf(checker, one, 'type')) };
  });
}

const membersOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

function exportsOf(program: ts.Program, file: string): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

function exportedType(program: ts.Program, file: string, name: string): ts.Type {
  const symbol = exportsOf(program, file).find((one) => one.name === name);
  if (symbol === undefined) throw new Error(`${relative(ROOT, file)} exports no ${name}.`);
  return program.getTypeChecker().getDeclaredTypeOfSymbol(symbol);
}

function typeOfProperty(checker: ts.TypeChecker, type: ts.Type, name: string): ts.Type {
  const property = checker.getPropertyOfType(type, name);
  if (property === undefined) throw new Error(`${checker.typeToString(type)} has no ${name}.`);
  return checker.getTypeOfSymbol(property);
}

function literalOf(checker: ts.TypeChecker, type: ts.Type, name: string): string {
  const literal = typeOfProperty(checker, type, name);
  if (!literal.isStringLiteral()) throw new Error(`${checker.typeToString(type)} has no literal ${name}.`);
  return literal.value;
}

/** `feed.post-published.v1`: post published. */
const titleOf = (type: string): string => type.split('.')[1]?.replaceAll('-', ' ') ?? type;

/** The comment before a member of the union: it stands before the bar. */
function commentOf(member: ts.Type): string | undefined {
  const [declaration] = member.symbol?.declarations ?? [];
  if (declaration === undefined || !ts.isTypeLiteralNode(declaration)) return undefined;
  const before = declaration.getSourceFile().text.slice(0, declaration.getStart());
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\|\s*$/.exec(before)?.[1];
  return comment
    ?.replaceAll(/\s*\n\s*\*\s?/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

async function asFile(file: string, content: unknown): Promise<string> {
  return format(JSON.stringify(content), { ...(await resolveConfig(join(ROOT, file))), filepath: file });
}

if (import.meta.main) for (const [file, text] of await generateCatalogues()) await writeFile(join(ROOT, file), text);
