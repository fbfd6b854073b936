/** `npm run api-docs`: writes the three documents to a temporary folder and runs the validators of their formats. Exits 1 when one finds a fault. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { ASYNCAPI_DOCUMENTS, OPENAPI_DOCUMENTS } from './documents.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const REDOCLY = fileURLToPath(new URL('bin/cli.js', import.meta.resolve('@redocly/cli/package.json')));
/** In the virtual environment that `.ci/run` makes, or on the PATH. */
const INSTALLED = join(ROOT, '.venv/bin/openapi-spec-validator');
const OPENAPI_SPEC_VALIDATOR = existsSync(INSTALLED) ? INSTALLED : 'openapi-spec-validator';

const say = (line: string) => process.stdout.write(`${line}\n`);

function run(command: string, args: readonly string[]): boolean {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) say(`${command} can’t be run (${error.message}). Install it: .venv/bin/pip install openapi-spec-validator`);
  else if (status !== 0) say(`${stdout}${stderr}`);
  return status === 0;
}

async function isValidAsyncApi(document: object): Promise<boolean> {
  const diagnostics = await new Parser().validate(JSON.stringify(document));
  const faults = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
  for (const { path, message } of faults) say(`  ${path.join('.')}: ${message}`);
  return faults.length === 0;
}

async function main(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-api-docs-'));
  const results: boolean[] = [];
  const report = (name: string, validator: string, isValid: boolean) => {
    results.push(isValid);
    say(`${isValid ? 'valid  ' : 'INVALID'} ${name} (${validator})`);
  };
  try {
    for (const [name, document] of Object.entries(OPENAPI_DOCUMENTS)) {
      const path = join(folder, `${name}.json`);
      await writeFile(path, JSON.stringify(document, null, 2));
      report(name, 'openapi-spec-validator', run(OPENAPI_SPEC_VALIDATOR, [path]));
      report(name, 'redocly lint', run(process.execPath, [REDOCLY, 'lint', '--format', 'stylish', path]));
    }
    for (const [name, document] of Object.entries(ASYNCAPI_DOCUMENTS)) report(name, '@asyncapi/parser', await isValidAsyncApi(document));
  } finally {
    await rm(folder, { recursive: true });
  }
  return results.every((isValid) => isValid);
}

process.exitCode = (await main()) ? 0 : 1;
