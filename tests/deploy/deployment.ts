/** What the tests of docker-compose.yml and of deploy/ share: reading YAML, running programs, and making the secrets as an operator does. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON_PROGRAMS = join(ROOT, '.venv/bin');

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export type Run = { readonly status: number | null; readonly output: string };

/** Runs a program in the root of the repository; those that Python has installed are found. */
export function run(program: string, args: readonly string[], { input }: { readonly input?: string } = {}): Run {
  const PATH = [PYTHON_PROGRAMS, process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter);
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PATH }, input, maxBuffer: 2 ** 26 });
  return { status, output: error === undefined ? stdout + stderr : String(error) };
}

/** The documents of a YAML text. Python reads them, with the package that kubernetes-validate brings. */
export function documentsIn<Document>(yaml: string): readonly Document[] {
  const { status, output } = run('python3', ['-c', 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))'], { input: yaml });
  if (status !== 0) throw new Error(output);
  return (JSON.parse(output) as (Document | null)[]).filter((one) => one !== null);
}

export function documentIn<Document>(path: string): Document {
  const [first, ...others] = documentsIn<Document>(textOf(path));
  if (first === undefined || others.length > 0) throw new Error(`${path} has ${others.length + 1} documents.`);
  return first;
}

/** Runs deploy/make-secrets.sh below this folder; the folder with the secrets. */
export function makeSecrets(folder: string): string {
  mkdirSync(join(folder, 'deploy'), { recursive: true });
  const script = join(folder, 'deploy', 'make-secrets.sh');
  copyFileSync(join(ROOT, 'deploy/make-secrets.sh'), script);
  const { status, output } = run('sh', [script]);
  if (status !== 0) throw new Error(output);
  return join(folder, 'secrets');
}

/** Every file of a deployment, from the root of the repository. */
export const deploymentFiles = (): readonly string[] => [
  'docker-compose.yml',
  'Dockerfile',
  ...readdirSync(join(ROOT, 'deploy'), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(ROOT.length + 1)] : [],
  ),
];
