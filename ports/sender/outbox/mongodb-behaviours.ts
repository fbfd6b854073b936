/** What each channel of the outbox was told to do, shared by all processes: one document a channel. */
import { randomUUID } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import type { SentChannel } from '../../../domain/people/notification-channels.ts';
import { ACCEPT, drawnAt, type Behaviour, type Behaviours, type LimitedBehaviour } from './behaviour.ts';

const COLLECTION = 'outbox-behaviours';

/** `told` is new with each telling. `until` is by the server's clock, which is one for all processes. */
type ToldDocument = {
  readonly _id: SentChannel;
  readonly told: string;
  readonly behaviour: Behaviour;
  readonly until?: Date;
  readonly messagesLeft?: number;
  readonly byChance?: { readonly chance: number; readonly seed: number };
  readonly draws?: number;
};

type AnswerOf = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

/** Both throw `OutboxUnavailable`. */
export function openSharedBehaviours(database: Db, answer: AnswerOf) {
  const channels = database.collection<ToldDocument>(COLLECTION);

  const limited = async ({ _id, told, messagesLeft, byChance, behaviour }: ToldDocument): Promise<Behaviour> => {
    if (messagesLeft !== undefined) {
      const { modifiedCount } = await channels.updateOne({ _id, told, messagesLeft: { $gt: 0 } }, { $inc: { messagesLeft: -1 } });
      return modifiedCount === 1 ? behaviour : ACCEPT;
    }
    if (byChance === undefined) return behaviour;
    const before = await channels.findOneAndUpdate({ _id, told }, { $inc: { draws: 1 } }, { returnDocument: 'before' });
    return drawnAt(byChance.seed, before?.draws ?? 0) < byChance.chance ? behaviour : ACCEPT;
  };

  return {
    behave: async (behaviours: Behaviours): Promise<void> => {
      for (const [channel, behaviour] of Object.entries(behaviours))
        await answer(() => channels.updateOne({ _id: channel as SentChannel }, [{ $replaceWith: documentOf(channel, behaviour) }], { upsert: true }));
    },

    /** The behaviour for the next message of the channel. */
    next: (channel: SentChannel): Promise<Behaviour> =>
      answer(async () => {
        const [told] = await channels
          .aggregate<ToldDocument & { readonly now: Date }>([{ $match: { _id: channel } }, { $addFields: { now: '$$NOW' } }])
          .toArray();
        if (told === undefined || (told.until !== undefined && told.until <= told.now)) return ACCEPT;
        return await limited(told);
      }),
  };
}

/** As an expression: what was told may begin with a dollar. */
function documentOf(channel: string, { extent, ...behaviour }: LimitedBehaviour): Document {
  const document = { _id: channel, told: randomUUID(), behaviour: { $literal: behaviour } };
  if (extent === undefined) return document;
  if ('messages' in extent) return { ...document, messagesLeft: { $literal: extent.messages } };
  if ('forMs' in extent) return { ...document, until: { $add: ['$$NOW', { $literal: extent.forMs }] } };
  return { ...document, byChance: { $literal: extent }, draws: { $literal: 0 } };
}
