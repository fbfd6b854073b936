/** Exports the log to a file, and resumes after the last complete line of an earlier export. */
import { open, type FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../app/control/protocol.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { distance, isPosition } from '../../ports/event-log/position.ts';
import { CliFailure, EXIT } from '../failure.ts';
import type { CliContext } from '../context.ts';
import { percent } from '../terminal.ts';

/** The export may hold personal data. */
const OWNER_ONLY = 0o600;
const WRITE_CHARACTERS = 1_048_576;
const BLOCK_BYTES = 65_536;
const NEW_LINE = 10;

type ExportOptions = { readonly log?: string; readonly out: string; readonly types?: readonly string[]; readonly reveal?: true; readonly json?: true };

export async function exportLog({ connect, terminal }: CliContext, { log, out, types, reveal, json }: ExportOptions): Promise<void> {
  await using reached = await connect();
  await using file = await openFile(out);
  const after = await resumePosition(file, out);
  const which = log === undefined ? {} : { log };
  let head: Position | null = null;
  for await (const line of reached.call('log-head', which)) head = line.head;
  const all = head === null ? 0 : distance(after, head);

  let events = 0;
  let last = after;
  let unwritten = '';
  const write = async () => {
    await file.appendFile(unwritten);
    unwritten = '';
  };
  try {
    const request = { direction: 'forwards', until: 'head', personal: reveal === true ? 'revealed' : 'hidden' } as const;
    const filters = { ...(after === undefined ? {} : { after }), ...(types === undefined ? {} : { types: [...types] }) };
    for await (const line of reached.call('read-log', { ...which, ...request, ...filters })) {
      unwritten += `${JSON.stringify(line)}\n`;
      events += 1;
      last = line.position as Position;
      if (unwritten.length >= WRITE_CHARACTERS) await write();
      terminal.progress(`${events} events exported, ${percent(all === 0 ? 1 : distance(after, last) / all)} of the log`);
    }
  } finally {
    await write();
    await file.sync();
  }
  await terminal.print(json === true ? JSON.stringify({ out, events, last: last ?? null }) : `${events} events exported to ${out}.`);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+', OWNER_ONLY);
  } catch (error) {
    throw new CliFailure(EXIT.failed, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
}

/** The position in the last complete line of the file; an incomplete line after it, of an export that was interrupted, is removed. */
async function resumePosition(file: FileHandle, path: string): Promise<Position | undefined> {
  const { size } = await file.stat();
  const end = (await lastNewLineBefore(file, size)) + 1;
  const line = Buffer.alloc(Math.max(0, end - 1 - ((await lastNewLineBefore(file, end - 1)) + 1)));
  await file.read(line, 0, line.length, end - 1 - line.length);
  if (size === 0) return undefined;
  const position = end === 0 ? undefined : positionIn(line.toString());
  if (position === undefined)
    throw new CliFailure(EXIT.failed, `${path} exists and is no export of the log; it was left as it is. Name another file with --out.`);
  if (end < size) await file.truncate(end);
  return position;
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
