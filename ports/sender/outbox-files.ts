/** The messages of the outbox: one JSON file each, named so that they sort by time. The oldest are removed when there are too many. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { NOTIFICATION_CHANNELS, type NotificationChannel, type Platform } from '../../domain/people/notification-channels.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Attempt } from './port.ts';

/** A message that was written here instead of being sent. A second one of the same delivery is a duplicate, unless the answer to the first was lost. */
export type OutboxMessage = {
  readonly id: string;
  readonly channel: NotificationChannel;
  readonly at: Instant;
  /** The token, phone number or address. */
  readonly to: string;
  readonly platform?: Platform;
  readonly name?: string;
  readonly title?: string;
  readonly body: string;
  readonly url?: string;
  /** Absent in messages of older versions. */
  readonly data?: Attempt['data'];
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly attempt: number;
  readonly category: string;
  readonly priority: Attempt['priority'];
  readonly collapseKey: string;
  readonly ttlSeconds: number;
};

export type ListOptions = { readonly channel?: NotificationChannel; readonly limit: number; readonly before?: string };

/** Messages in one page of `list`. */
const OUTBOX_LIST_MAX = 5_000;

const SUFFIX = '.json';
const COUNT_DIGITS = 9;
const ID = new RegExp(`^[\\w.-]+-(?<channel>${NOTIFICATION_CHANNELS.join('|')})-[0-9a-f]+$`);

/** Each channel has a folder of its own in `folder`, made where it is missing. */
export async function openOutboxFiles(folder: string, { keptMax }: { readonly keptMax: number }) {
  const ids = new Map<NotificationChannel, string[]>(); // oldest first
  for (const channel of NOTIFICATION_CHANNELS) {
    await mkdir(join(folder, channel), { recursive: true });
    const names = await readdir(join(folder, channel));
    const messages = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    ids.set(channel, messages.filter(isId).toSorted());
    // A file that a killed process left half written was never acknowledged.
    for (const name of names.filter((other) => other.endsWith(UNFINISHED))) await rm(join(folder, channel, name), { force: true });
  }
  const run = randomBytes(4).toString('hex');
  let count = 0;
  const pathOf = (id: string, channel: string) => join(folder, channel, `${id}${SUFFIX}`);
  /** Undefined where a person has deleted the file; then it is forgotten here too. */
  const read = async (id: string, channel: NotificationChannel): Promise<OutboxMessage | undefined> => {
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
      const { channel, at } = message;
      const id = `${at.replaceAll(':', '-')}-${String(++count).padStart(COUNT_DIGITS, '0')}-${attemptNameOf(message)}-${channel}-${run}`;
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
    list: async ({ channel, limit, before }: ListOptions): Promise<readonly OutboxMessage[]> => {
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > OUTBOX_LIST_MAX)
        throw new RangeError(`limit must be between 1 and ${OUTBOX_LIST_MAX} messages.`);
      const channels = channel === undefined ? NOTIFICATION_CHANNELS : [channel];
      for (;;) {
        const newest = channels.flatMap((one) => lastBefore(ids.get(one) ?? [], before, limit).map((id) => ({ id, channel: one })));
        newest.sort((one, other) => (one.id < other.id ? 1 : -1));
        const found = await Promise.all(newest.slice(0, limit).map((one) => read(one.id, one.channel)));
        if (found.every((message) => message !== undefined)) return found;
      }
    },

    /** The id of the message that this attempt wrote. */
    idOfAttempt: (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: NotificationChannel): string | undefined =>
      ids.get(channel)?.findLast((id) => id.includes(`-${attemptNameOf(attempt)}-`)),

    get: async (id: string): Promise<OutboxMessage | undefined> => {
      const channel = ID.exec(id)?.groups?.['channel'] as NotificationChannel | undefined;
      return channel !== undefined && ids.get(channel)?.includes(id) === true ? await read(id, channel) : undefined;
    },
  };
}

const attemptNameOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>) => `${delivery.replaceAll(/[^\w-]/g, '_')}.${attempt}`;

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
