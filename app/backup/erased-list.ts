/**
 * The list of erased subjects, which lives beside backups and outlives them: a backup of the vault brings keys back that were destroyed
 * since, and only this list tells which. It only grows. A line is added when its subject was erased; the first one says of which
 * installation the list is.
 */
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../domain/shared/instant.ts';
import { isPosition } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { FOLDER_OWNER_ONLY, isMissing } from './durable-files.ts';
import { BackupFailed } from './manifest.ts';

const OWNER_ONLY = 0o600;
const NEW_LINE = '\n';

const firstLine = z.object({ installation: z.string() });
const line = z.object({
  subject: z.string().min(1),
  erasedAt: z.string(),
  /** Of the event that tells of it, and the epoch of the log that it is of. */
  position: z.custom<Position>((value) => typeof value === 'string' && isPosition(value)).optional(),
  epoch: z.number().optional(),
});
export type ErasedSubject = Omit<z.infer<typeof line>, 'erasedAt'> & { readonly erasedAt: Instant };

export type ErasedList = { readonly installation: string; readonly subjects: readonly ErasedSubject[] };

/** Undefined where there is no such file. A last line that was not written to its end is passed over. Throws `BackupFailed`. */
export async function readErasedList(path: string): Promise<ErasedList | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const [head = '', ...others] = text.slice(0, text.lastIndexOf(NEW_LINE) + 1).split(NEW_LINE);
  if (head === '') return undefined; // it was begun, and nothing stands in it yet
  return { installation: parsed(firstLine, head, path).installation, subjects: linesOf(others, head).map((one) => parsed(line, one, path) as ErasedSubject) };
}

/** Adds those that aren't on the list; durable when it resolves. Answers how many were added. Throws `BackupFailed` for the list of another installation. */
export async function addToErasedList(path: string, { installation, subjects }: ErasedList): Promise<number> {
  const known = await readErasedList(path);
  if (known !== undefined && known.installation !== installation) throw new BackupFailed(`${path} is the list of another installation; name another file.`);
  const listed = new Set(known?.subjects.map(({ subject }) => subject));
  const added = [...new Map(subjects.map((one) => [one.subject, one])).values()].filter(({ subject }) => !listed.has(subject));
  if (known !== undefined && added.length === 0) return 0;
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_OWNER_ONLY });
  await using file = await open(path, 'a+', OWNER_ONLY);
  await endAtLine(file);
  const lines = [...(known === undefined ? [{ installation }] : []), ...added];
  await file.appendFile(lines.map((one) => `${JSON.stringify(one)}${NEW_LINE}`).join(''));
  await file.sync();
  return added.length;
}

/** Two who began the list at one moment have both said whose it is. */
const linesOf = (lines: readonly string[], head: string): readonly string[] => lines.slice(0, -1).filter((one) => one !== head);

async function endAtLine(file: FileHandle): Promise<void> {
  const text = await file.readFile('utf8');
  const end = text.lastIndexOf(NEW_LINE) + 1;
  if (end < text.length) await file.truncate(Buffer.byteLength(text.slice(0, end)));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new BackupFailed(`${path} can’t be read: ${String(error)}`, { cause: error });
  }
}

function parsed<Value>(schema: z.ZodType<Value>, text: string, path: string): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new BackupFailed(`${path} isn’t a list of erased subjects, or is damaged.`, { cause: error });
  }
}
