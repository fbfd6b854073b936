/** Remembers the cluster that runs on this machine, so that another shell can ask each of its processes how it is. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cluster } from './cluster.ts';

const FILE = join(tmpdir(), 'tidings-cluster.json');
const ANSWER_WITHIN_MS = 5_000;

const rememberedSchema = z.object({ site: z.string().nullable(), processes: z.array(z.object({ name: z.string(), operations: z.string() })) });
const readinessSchema = z.object({ status: z.string(), checks: z.array(z.object({ name: z.string(), status: z.string(), reason: z.string().optional() })) });

export async function rememberRunning({ processes, servers, site }: Cluster): Promise<void> {
  const all = [...servers.eventStores, ...processes].map(({ name, urls }) => ({ name, operations: urls.operations ?? '' }));
  await writeFile(FILE, JSON.stringify({ site: site?.url ?? null, processes: all } satisfies z.infer<typeof rememberedSchema>));
}

export const forgetRunning = (): Promise<void> => rm(FILE, { force: true });

export async function printStatus(): Promise<void> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  if (text === undefined) {
    process.stdout.write('No cluster runs on this machine: npm run cluster.\n');
    process.exitCode = 1;
    return;
  }
  const { site, processes } = rememberedSchema.parse(JSON.parse(text));
  if (site !== null) process.stdout.write(`${site}\n`);
  const rows = await Promise.all(processes.map(async ({ name, operations }) => `${name.padEnd(16)} ${operations}  ${await readinessOf(operations)}\n`));
  for (const row of rows) process.stdout.write(row);
}

async function readinessOf(operations: string): Promise<string> {
  try {
    const response = await fetch(`${operations}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const { status, checks } = readinessSchema.parse(await response.json());
    const wrong = checks
      .filter((check) => check.status !== 'ok')
      .map(({ name, status: how, reason }) => `${name} ${how}${reason === undefined ? '' : `: ${reason}`}`);
    return [status, ...wrong].join('; ');
  } catch (error) {
    return `gone (${error instanceof Error ? error.message : String(error)})`;
  }
}
