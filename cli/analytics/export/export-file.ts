/**
 * Exports the log to a file of JSON lines, and resumes after the last complete line of an earlier export. What it is an export of stands
 * in a file beside it, which is there before its first line.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../../app/control/log-line.ts';
import { FIRST_EPOCH, type LogEpoch, type Position } from '../../../ports/event-log/port.ts';
import { isPosition } from '../../../ports/event-log/position.ts';
import type { ControlClient } from '../../control-client.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import type { Terminal } from '../../terminal.ts';
import { checkIsSame, isOfLogBefore, writeFacts, type ExportSettings } from './export-folder.ts';
import { settingsOf } from './export-tables.ts';
import { listLogs, readExport, type ExportScope } from './read-export.ts';

/** The export may hold personal data. */
const OWNER_ONLY = 0o600;
const WRITE_CHARACTERS = 1_048_576;
const BLOCK_BYTES = 65_536;
const NEW_LINE = 10;

type Wanted = { readonly out: string; readonly scope: ExportScope };

/** Positions of several logs have no order among each other, so a file is of one log. Throws `CliFailure`. */
export async function exportFile(
  { client, terminal }: { readonly client: ControlClient; readonly terminal: Terminal },
  { out, scope }: Wanted,
): Promise<{ readonly events: number; readonly last: Position | undefined }> {
  const logs = await listLogs(client, scope.log);
  if (logs.length > 1) throw new CliFailure(EXIT.usage, `The logs here are ${logs.map(({ log }) => log).join(', ')}; name one of them with --log.`);
  await using file = await openFile(out);
  const after = await resumePosition(file, out);
  const of = { settings: settingsOf({ format: 'ndjson', partitionBy: 'type', scope }), epoch: logs[0]?.epoch ?? FIRST_EPOCH };
  if ((await file.stat()).isFile()) await checkFacts(out, of, { isBegun: after !== undefined });
  let events = 0;
  let last = after;
  let unwritten = '';
  const write = async () => {
    await file.appendFile(unwritten);
    unwritten = '';
  };
  try {
    for await (const item of readExport(client, logs, { after, scope, terminal })) {
      if (item.is === 'place') continue;
      unwritten += `${JSON.stringify(item.event)}\n`;
      events += 1;
      last = item.event.position as Position;
      if (unwritten.length >= WRITE_CHARACTERS) await write();
    }
  } finally {
    await write();
    await file.sync();
  }
  return { events, last };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+', OWNER_ONLY);
  } catch (error) {
    throw new CliFailure(EXIT.failed, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
}

type ExportFacts = { readonly settings: ExportSettings; readonly epoch: LogEpoch };
type FactsInFile = ExportFacts & { readonly export: 'tidings'; readonly version: 1 };

/** What the file is of must be what is asked for now: else it would be one file of two things. */
async function checkFacts(path: string, of: ExportFacts, { isBegun }: { readonly isBegun: boolean }): Promise<void> {
  const beside = `${path}.export.json`;
  if (!isBegun) return await writeFacts(beside, { export: 'tidings', version: 1, ...of } satisfies FactsInFile);
  const before = await factsIn(beside);
  if (before === undefined)
    throw new CliFailure(EXIT.failed, `${beside}, which says what ${path} is an export of, is missing or of another version. Name another file with --out.`);
  checkIsSame(before.settings, of.settings, { path, another: 'file' });
  if (before.epoch !== of.epoch) throw isOfLogBefore({ path, another: 'file' });
}

async function factsIn(path: string): Promise<FactsInFile | undefined> {
  try {
    const facts = JSON.parse(await readFile(path, 'utf8')) as Partial<FactsInFile>;
    return facts.export === 'tidings' && facts.version === 1 ? (facts as FactsInFile) : undefined;
  } catch {
    return undefined;
  }
}

/** The position in the last complete line of the file; an incomplete line after it, of an export that was interrupted, is removed. */
async function resumePosition(file: FileHandle, path: string): Promise<Position | undefined> {
  const { size } = await file.stat();
  const end = (await lastNewLineBefore(file, size)) + 1;
  const line = Buffer.alloc(Math.max(0, end - 1 - ((await lastNewLineBefore(file, end - 1)) + 1)));
  await file.read(line, 0, line.length, end - 1 - line.length);
  if (size === 0) return undefined;
  const last = end === 0 ? undefined : positionIn(line.toString());
  if (last === undefined) throw new CliFailure(EXIT.failed, `${path} exists and is no export of the log; it was left as it is. Name another file with --out.`);
  if (end < size) await file.truncate(end);
  return last;
}

function positionIn(line: string): Position | undefined {
  try {
    const { position } = JSON.parse(line) as Partial<LogLine>;
    return position !== undefined && isPosition(position) ? position : undefined;
  } catch {
    return undefined;
  }
}

/** The offset of the last new line before an offset; -1 if there is none. */
async function lastNewLineBefore(file: FileHandle, before: number): Promise<number> {
  for (let end = before; end > 0; end -= BLOCK_BYTES) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const block = Buffer.alloc(end - start);
    await file.read(block, 0, block.length, start);
    const found = block.lastIndexOf(NEW_LINE);
    if (found >= 0) return start + found;
  }
  return -1;
}
