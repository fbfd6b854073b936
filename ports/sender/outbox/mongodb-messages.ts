/**
 * The messages of the outbox in a collection, and the attempts that somebody was answered about. An attempt has one document: its
 * message, or, where the question came first, a mark that it has none, over which the message can't be written any more. So a process
 * that was stopped in the middle of an attempt writes nothing after another one has begun the next.
 */
import { randomBytes } from 'node:crypto';
import { MongoServerError, type Collection, type Db, type Filter } from 'mongodb';
import { SENT_CHANNELS, type SentChannel } from '../../../domain/people/notification-channels.ts';
import { DUPLICATE_KEY } from '../../mongodb/outages.ts';
import { createMessageIds } from '../message-ids.ts';
import { checkOutboxLimit, OutboxUnavailable, type Attempt, type OutboxListOptions, type OutboxMessage } from '../port.ts';

const COLLECTION = 'outbox';
const TRIM_AFTER_MAX = 1_000;
/** Longer than anything that was sent to the server can be under way. */
const RESOLVED_KEPT_SECONDS = 24 * 60 * 60;
const TRIES_MAX = 20;

/** A message, as JSON, or the mark of an attempt that wrote none. `attempt` is absent where another message of the same attempt has it. */
type OutboxDocument = {
  readonly _id: string;
  readonly attempt?: string;
  readonly channel?: SentChannel;
  readonly message?: string;
  readonly resolvedAt?: Date;
};

type AnswerOf = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
type MessagesConfig = { readonly answer: AnswerOf; readonly onError: (error: unknown) => void; readonly keptMax: number };

/** Each method throws `OutboxUnavailable`. Disposing waits until old messages are removed. */
export async function openOutboxMessages(database: Db, { answer, onError, keptMax }: MessagesConfig) {
  const documents: Collection<OutboxDocument> = database.collection<OutboxDocument>(COLLECTION);
  await documents.createIndex({ channel: 1, _id: -1 });
  await documents.createIndex({ attempt: 1 }, { unique: true, sparse: true });
  await documents.createIndex({ resolvedAt: 1 }, { expireAfterSeconds: RESOLVED_KEPT_SECONDS });
  const nextId = createMessageIds();
  const trimming = startTrimming(documents, { answer, onError, keptMax });

  const insert = async (message: Omit<OutboxMessage, 'id'>): Promise<string | { readonly resolved: true }> => {
    const { channel } = message;
    const [_id, attempt] = [nextId(message), attemptOf(message, channel)];
    const document = { _id, channel, message: JSON.stringify({ id: _id, ...message }) };
    try {
      await documents.insertOne({ ...document, attempt });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const other = await documents.findOne({ attempt });
      if (other?.resolvedAt !== undefined) return { resolved: true };
      if (other?._id !== _id) await documents.insertOne(document); // the same attempt a second time: a duplicate, which is to be seen
    }
    return _id;
  };

  return {
    write: async (message: Omit<OutboxMessage, 'id'>) => {
      const written = await answer(() => insert(message));
      if (typeof written === 'string') trimming.wrote(message.channel);
      return written;
    },

    list: async ({ channel, limit, before }: OutboxListOptions): Promise<readonly OutboxMessage[]> => {
      checkOutboxLimit(limit);
      const filter: Filter<OutboxDocument> = {
        channel: channel ?? { $in: [...SENT_CHANNELS] },
        ...(before === undefined ? {} : { _id: { $lt: before } }),
      };
      const found = await answer(() => documents.find(filter).sort({ _id: -1 }).limit(limit).toArray());
      return found.map(messageIn);
    },

    get: async (id: string): Promise<OutboxMessage | undefined> => {
      const found = await answer(() => documents.findOne({ _id: id, channel: { $in: [...SENT_CHANNELS] } }));
      return found === null ? undefined : messageIn(found);
    },

    idOfAttempt: (of: Pick<Attempt, 'delivery' | 'attempt'>, channel: SentChannel): Promise<string | undefined> =>
      answer(() => resolve(documents, attemptOf(of, channel))),

    [Symbol.asyncDispose]: trimming[Symbol.asyncDispose],
  };
}

const messageIn = ({ message }: OutboxDocument): OutboxMessage => JSON.parse(message ?? '') as OutboxMessage;

const attemptOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>, channel: SentChannel): string => `${channel} ${attempt} ${delivery}`;

const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/** Marks the attempt where it has no message. */
async function resolve(documents: Collection<OutboxDocument>, attempt: string): Promise<string | undefined> {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const kept = await documents.findOne({ attempt });
    if (kept !== null) return kept.resolvedAt === undefined ? kept._id : undefined;
    try {
      await documents.insertOne({ _id: `resolved-${randomBytes(16).toString('hex')}`, attempt, resolvedAt: new Date() });
      return undefined;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
  throw new OutboxUnavailable('The outbox doesn’t show what it says that it has.');
}

/** Removes the oldest messages of a channel now and then. */
function startTrimming(documents: Collection<OutboxDocument>, { answer, onError, keptMax }: MessagesConfig) {
  const after = Math.max(1, Math.min(TRIM_AFTER_MAX, Math.floor(keptMax / 100)));
  const written = new Map<SentChannel, number>();
  const underWay = new Map<SentChannel, Promise<void>>();

  const trim = async (channel: SentChannel): Promise<void> => {
    const [newestOfOld] = await answer(() =>
      documents.find({ channel }).sort({ _id: -1 }).skip(keptMax).limit(1).project<{ _id: string }>({ _id: 1 }).toArray(),
    );
    if (newestOfOld !== undefined) await answer(() => documents.deleteMany({ channel, _id: { $lte: newestOfOld._id } }));
  };
  const trimWhileDue = async (channel: SentChannel): Promise<void> => {
    while ((written.get(channel) ?? 0) >= after) {
      written.set(channel, 0);
      await trim(channel);
    }
  };
  return {
    /** A process's first message trims as well, for it may be its last. */
    wrote: (channel: SentChannel): void => {
      written.set(channel, (written.get(channel) ?? after - 1) + 1);
      if (underWay.has(channel)) return;
      const trimming = trimWhileDue(channel)
        .catch(onError)
        .finally(() => underWay.delete(channel));
      underWay.set(channel, trimming);
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all(underWay.values())),
  };
}
