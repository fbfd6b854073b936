/** The messages of the outbox: one JSON file each, named so that they sort by time. The oldest are removed when there are too many. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SENT_CHANNELS, type SentChannel } from '../../../domain/people/notification-channels.ts';
import { attemptNameOf, createMessageIds } from '../message-ids.ts';
import { checkOutboxLimit, type Attempt, type OutboxListOptions, type OutboxMessage } from '../port.ts';

const SUFFIX = '.json';
const ID = new RegExp(`^[\\w.-]+-(?<channel>${SENT_CHANNELS.join('|')})-[0-9a-f]+$`);

/** Each channel has a folder of its own in `folder`, made where it is missing. */
export async function openOutboxFiles(folder: string, { keptMax }: { readonly keptMax: number }) {
  const ids = new Map<SentChannel, string[]>(); // oldest first
  for (const channel of SENT_CHANNELS) {
    await mkdir(join(folder, channel), { recursive: true });
    const names = await readdir(join(folder, channel));
    const messages = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    ids.set(channel, messages.filter(isId).toSorted());
    // A file that a killed process left half written was never acknowledged.
    for (const name of names.filter((other) => other.endsWith(UNFINISHED))) await rm(join(folder, channel, name), { force: true });
  }
  const nextId = createMessageIds();
  const pathOf = (id: string, channel: string) => join(folder, channel, `${id}${SUFFIX}`);
  /** Undefined where a person has deleted the file; then it is forgotten here too. */
  const read = async (id: string, channel: SentChannel): Promise<OutboxMessage | undefined> => {
    try {
      return JSON.parse(await readFile(pathOf(id, channel), 'utf8')) as OutboxMessage;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      const all = ids.get(channel) ?? [];
      const at = all.indexOf(id);
      if (at >= 0) all.splice(at, 1);
      return undefined;
    }
  };

  return {
    /** Whole or not at all. */
    write: async (message: Omit<OutboxMessage, 'id'>): Promise<OutboxMessage> => {
      const { channel } = message;
      const id = nextId(message);
      const whole = { id, ...message };
      const unfinished = join(folder, channel, `${id}${UNFINISHED}`);
      await writeFile(unfinished, `${JSON.stringify(whole, undefined, 2)}\n`);
      await rename(unfinished, pathOf(id, channel));
      const all = ids.get(channel) ?? [];
      insertSorted(all, id);
      if (all.length > keptMax) for (const old of all.splice(0, all.length - keptMax)) await rm(pathOf(old, channel), { force: true });
      return whole;
    },

    /** Newest first; `before` is the last id of the previous page. */
    list: async ({ channel, limit, before }: OutboxListOptions): Promise<readonly OutboxMessage[]> => {
      checkOutboxLimit(limit);
      const channels = channel === undefined ? SENT_CHANNELS : [channel];
      for (;;) {
        const newest = channels.flatMap((one) => lastBefore(ids.get(one) ?? [], before, limit).map((id) => ({ id, channel: one })));
        newest.sort((one, other) => (one.id < other.id ? 1 : -1));
        const found = await Promise.all(newest.slice(0, limit).map((one) => read(one.id, one.channel)));
        if (found.every((message) => message !== undefined)) return found;
      }
    },

    /** The id of the message that this attempt wrote. */
    idOfAttempt: (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: SentChannel): string | undefined =>
      ids.get(channel)?.findLast((id) => id.includes(`-${attemptNameOf(attempt)}-`)),

    get: async (id: string): Promise<OutboxMessage | undefined> => {
      const channel = ID.exec(id)?.groups?.['channel'] as SentChannel | undefined;
      return channel !== undefined && ids.get(channel)?.includes(id) === true ? await read(id, channel) : undefined;
    },
  };
}

const UNFINISHED = '.unfinished';

const isId = (name: string): boolean => ID.test(name);

/** Nearly always at the end: only a message that another one overtook is inserted before it. */
function insertSorted(sorted: string[], id: string): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1] as string) > id) at--;
  sorted.splice(at, 0, id);
}

function lastBefore(sorted: readonly string[], before: string | undefined, limit: number): readonly string[] {
  const end = before === undefined ? sorted.length : sorted.findLastIndex((id) => id < before) + 1;
  return sorted.slice(Math.max(0, end - limit), end);
}
