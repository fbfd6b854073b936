/**
 * Makes the client library's types of what the servers say of themselves: `npm run client:types` writes `client/**\/generated/`, and a test
 * says when that is stale. openapi-typescript asks for the compiler's API (`typescript-api.ts`).
 */
import { writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { REFUSALS } from '../../domain/shared/refusals.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';

const COMPILER = new URL('./typescript-api.ts', import.meta.url).href;
registerHooks({ resolve: (specifier, context, next) => next(specifier === 'typescript' ? COMPILER : specifier, context) });

const ROOT = resolve(import.meta.dirname, '../..');
const HEAD = '// Made of the server’s own document by `npm run client:types`; edit that, and not this.\n';

/** By file, what it ought to say. */
export async function generateClientTypes(): Promise<ReadonlyMap<string, string>> {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const { read, write } = tidings.addresses;
  const gateway = String(tidings.urls.gateway).replace(/^ws/, 'http');
  const documents: readonly (readonly [string, object])[] = [
    ['client/http/generated/read-api.ts', ofSuccesses(await documentAt(`${read}/openapi.json`))],
    ['client/http/generated/write-api.ts', ofSuccesses(await documentAt(`${write}/openapi.json`))],
    ['client/chat/generated/frames.ts', asOpenApi(await documentAt(`${gateway}/asyncapi.json`))],
  ];
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const made = documents.map(async ([file, document]) => {
    const code = HEAD + astToString(await openapiTS(document as never, { alphabetize: true }));
    return [file, await format(code, { ...(await resolveConfig(join(ROOT, file))), filepath: file })] as const;
  });
  return new Map([...(await Promise.all(made)), ['client/chat/generated/passing-codes.ts', await passingCodes()]]);
}

/** Refusals that say nothing of what was asked for: the same may be taken later. */
async function passingCodes(): Promise<string> {
  const file = 'client/chat/generated/passing-codes.ts';
  const codes = Object.entries(REFUSALS).flatMap(([code, { kind }]) => (kind === 'unavailable' || kind === 'limited' ? [code] : []));
  const code = `${HEAD}export const PASSING_CODES: ReadonlySet<string> = new Set(${JSON.stringify(codes)});`;
  return format(code, { ...(await resolveConfig(join(ROOT, file))), filepath: file });
}

async function documentAt(url: string): Promise<object> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}.`);
  return (await response.json()) as object;
}

type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses?: Readonly<Record<string, object>> }>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
};

/** Without the answers that the library throws as problems. A value that may be any JSON refers to itself, which only a schema can. */
function ofSuccesses(document: object): object {
  const { paths, components = {}, ...rest } = document as OpenApi;
  const successful = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, { responses = {}, ...operation }]) => [
        method,
        { ...operation, responses: Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2'))) },
      ]),
    ),
  ]);
  const schemas = Object.entries(components.schemas ?? {}).map(([name, schema]) => [name, name.startsWith('__schema') ? {} : schema]);
  return { ...rest, paths: Object.fromEntries(successful), components: { ...components, schemas: Object.fromEntries(schemas) } };
}

/** The frames are JSON Schemas in both kinds of document; only what surrounds them differs. */
const asOpenApi = (document: object): object => ({
  openapi: '3.1.0',
  info: { title: 'Frames', version: '1' },
  paths: {},
  components: { schemas: (document as { readonly components: { readonly schemas: object } }).components.schemas },
});

if (import.meta.main) {
  for (const [file, code] of await generateClientTypes()) await writeFile(join(ROOT, file), code);
}
