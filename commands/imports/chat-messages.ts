/**
 * Messages of other systems, in the order of their keys. Each is appended behind those before it, in a few large appends; which of them
 * are there already the log says, so that an import that was killed goes on where it was, and two at once bring each message once.
 */
import { channel } from '../../domain/chat/channel.ts';
import type { ChannelState } from '../../domain/chat/channel-state.ts';
import { refusalOfImported, type ImportedMessage } from '../../domain/chat/imported-messages.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS, messages } from '../../domain/chat/messages.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messagesStream, userStream } from '../../domain/shared/streams.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { LoadedState } from '../handling/handle.ts';
import { loadMedia } from '../media/load-media.ts';
import { clientIdFrom, findImported, loadImportHead, type FoundMessage } from './find-imported.ts';
import { contextOf, type Importing } from './importing.ts';
import { importedMediaOf } from './imports.ts';

type Dependencies = Uses<'log' | 'codec' | 'messagesKeptSeconds'>;

// In stored ids, and never changed.
const MESSAGES = 'import-messages';

/** Appended together: well below what a log takes at once, also where every character takes four bytes. */
const APPENDED_CHARACTERS_MAX = 64 * 1_024;
const APPENDED_MESSAGES_MAX = 200;
/** Others may write in the channel meanwhile. */
const TRIES_MAX = 20;
/** Of messages that others reply to: where they are never changes. */
const SEQS_REMEMBERED_MAX = 20_000;

/** `key`: in the order of the keys a channel is imported. `media`: by the keys under which they were imported, of the sender. */
export type MessageToImport = Omit<ImportedMessage, 'clientId' | 'attachments' | 'replyTo'> & {
  readonly key: string;
  readonly media?: readonly { readonly key: string; readonly alt?: string; readonly name?: string }[];
  /** The key of the message that it replies to, which comes before it. Where that isn't there, it is no reply. */
  readonly replyToKey?: string;
};

export type MessagesToImport = {
  readonly channel: ChannelId;
  /** Names the channel where it comes from. */
  readonly source: string;
  /** Of this system; the media's own source. */
  readonly system: string;
  /** In the order of their keys. */
  readonly messages: readonly MessageToImport[];
};

/** `unchanged`: it is there already. `isReply`: false where what it replies to isn't there. */
export type MessageOutcome = { readonly key: string } & (
  | { readonly outcome: 'imported'; readonly seq: number; readonly isReply: boolean }
  | { readonly outcome: 'unchanged'; readonly seq: number }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  /** Later ones of this source are there, and no message comes between others. */
  | { readonly outcome: 'out-of-order' }
  /** Somebody reads the channel from when they joined it, and would read this as if it were said since. */
  | { readonly outcome: 'since-joining' }
);

type Waiting = { readonly key: string; readonly message: ImportedMessage; readonly isReply: boolean };

export const importMessages = (dependencies: Dependencies) => {
  const seqs = rememberSeqs();
  return async (importing: MessagesToImport, by: Importing): Promise<readonly MessageOutcome[]> => {
    const outcomes = new Map<string, MessageOutcome>();
    for (let tries = 1; ; tries += 1) {
      const left = importing.messages.filter(({ key }) => !outcomes.has(key));
      const isDone = await importRun(dependencies, { ...importing, messages: left }, { by, seqs, outcomes });
      if (isDone) break;
      if (tries === TRIES_MAX)
        for (const { key } of left) if (!outcomes.has(key)) outcomes.set(key, { key, outcome: 'refused', refusal: { code: 'write-contention' } });
    }
    return importing.messages.flatMap(({ key }) => outcomes.get(key) ?? []);
  };
};

type Run = { readonly by: Importing; readonly seqs: Seqs; readonly outcomes: Map<string, MessageOutcome> };

/** False: somebody wrote in the channel meanwhile, and what is left is to be looked up again. */
async function importRun(dependencies: Dependencies, importing: MessagesToImport, { by, seqs, outcomes }: Run): Promise<boolean> {
  const { channel: id, source } = importing;
  const [first, last] = [importing.messages[0], importing.messages.at(-1)];
  if (first === undefined || last === undefined) return true;
  // 1. What is there already, and what everything new comes behind.
  const membership = await dependencies.loadState(channel, channelStream(id));
  const head = await loadImportHead(dependencies, id, source);
  const { newest } = head;
  if (newest !== undefined && first.key <= newest.key) {
    const found = await findImported(dependencies, { channel: id, source, from: first.key, until: last.key, newest });
    for (const { key } of importing.messages) {
      const seq = found.get(key);
      if (seq !== undefined) outcomes.set(key, { key, outcome: 'unchanged', seq });
      if (seq !== undefined) seqs.remember(clientIdFrom(source, key), seq);
    }
  }
  // 2. The others in turn, those together that don't reply to one another.
  let { imported, messageCount } = head;
  const people = await registeredAmong(dependencies, importing.messages);
  const context = { ...importing, dependencies, people, seqs, newest, membership: membership.state };
  for (const run of runsOf(importing.messages.filter(({ key }) => !outcomes.has(key)))) {
    const waiting: Waiting[] = [];
    for (const one of run) {
      const prepared = await prepare(context, one);
      if ('outcome' in prepared) outcomes.set(one.key, prepared);
      else waiting.push(prepared);
    }
    if (waiting.length === 0) continue;
    const appended = await append(dependencies, { membership, waiting, known: { imported, messageCount }, importing }, by);
    if ('refusal' in appended) {
      if (appended.refusal.code === 'write-contention') return false;
      for (const { key } of waiting) outcomes.set(key, { key, outcome: 'refused', refusal: appended.refusal });
      continue;
    }
    for (const [index, { key, isReply }] of waiting.entries()) {
      const seq = appended.revision - (waiting.length - 1 - index);
      outcomes.set(key, { key, outcome: 'imported', seq, isReply });
      seqs.remember(clientIdFrom(source, key), seq);
    }
    imported += waiting.length;
    messageCount += waiting.length;
  }
  return true;
}

function* runsOf(all: readonly MessageToImport[]): Generator<readonly MessageToImport[], void> {
  let run: MessageToImport[] = [];
  let keys = new Set<string>();
  let characters = 0;
  for (const message of all) {
    const length = JSON.stringify(message).length;
    const isFull = run.length === APPENDED_MESSAGES_MAX || characters + length > APPENDED_CHARACTERS_MAX;
    if (run.length > 0 && (isFull || (message.replyToKey !== undefined && keys.has(message.replyToKey)))) {
      yield run;
      run = [];
      keys = new Set();
      characters = 0;
    }
    run.push(message);
    keys.add(message.key);
    characters += length;
  }
  yield run;
}

type Preparing = MessagesToImport & {
  readonly dependencies: Dependencies;
  readonly people: ReadonlySet<PersonId>;
  readonly seqs: Seqs;
  readonly newest: FoundMessage | undefined;
  readonly membership: ChannelState;
};

async function prepare(context: Preparing, { key, media = [], replyToKey, ...message }: MessageToImport): Promise<Waiting | MessageOutcome> {
  const { dependencies, source, system, people, newest } = context;
  if (context.membership.status !== 'open') return { key, outcome: 'refused', refusal: { code: 'channel-unknown' } };
  if (!people.has(message.sender)) return { key, outcome: 'refused', refusal: { code: 'person-unknown' } };
  const { attachments } = await loadMedia(
    dependencies,
    media.map(({ key: of, ...rest }) => ({ ...rest, media: importedMediaOf({ owner: message.sender, source: system, key: of }) })),
  );
  const named = attachments.map((attachment, index) => ({ ...attachment, ...(media[index]?.name !== undefined && { name: media[index].name }) }));
  const replyTo = replyToKey === undefined ? undefined : await seqOf(context, replyToKey);
  const imported: ImportedMessage = {
    ...message,
    clientId: clientIdFrom(source, key),
    ...(message.mentions !== undefined && { mentions: message.mentions.filter((person) => people.has(person)).slice(0, MENTIONS_MAX) }),
    ...(message.reactions !== undefined && {
      reactions: message.reactions.map(({ emoji, people: all }) => ({ emoji, people: all.filter((person) => people.has(person)) })),
    }),
    ...(named.length > 0 && { attachments: named }),
    ...(replyTo !== undefined && { replyTo }),
  };
  const refusal = refusalOfImported(imported, { maxCharacters: MESSAGE_LENGTH_MAX_CHARACTERS });
  if (refusal?.outcome === 'refused') return { key, outcome: 'refused', refusal: refusal.refusal };
  if (newest !== undefined && key <= newest.key) return { key, outcome: 'out-of-order' };
  if (context.membership.readsFrom.size > 0) return { key, outcome: 'since-joining' };
  return { key, message: imported, isReply: replyToKey === undefined || replyTo !== undefined };
}

async function seqOf({ dependencies, channel: id, source, seqs, newest }: Preparing, key: string): Promise<number | undefined> {
  const remembered = seqs.of(clientIdFrom(source, key));
  if (remembered !== undefined || newest === undefined || key > newest.key) return remembered;
  const seq = (await findImported(dependencies, { channel: id, source, from: key, until: key, newest })).get(key);
  if (seq !== undefined) seqs.remember(clientIdFrom(source, key), seq);
  return seq;
}

/** Those of the people named who are here: nobody who was erased comes back by a file. */
async function registeredAmong({ loadState }: Dependencies, all: readonly MessageToImport[]): Promise<ReadonlySet<PersonId>> {
  const named = new Set(all.flatMap(({ sender, mentions = [], reactions = [] }) => [sender, ...mentions, ...reactions.flatMap(({ people }) => people)]));
  const registered = await Promise.all(
    [...named].map(async (person) => ((await loadState(user, userStream(person))).state.status === 'registered' ? [person] : [])),
  );
  return new Set(registered.flat());
}

type Appending = {
  readonly membership: LoadedState<ChannelState>;
  readonly waiting: readonly Waiting[];
  readonly known: { readonly messageCount: number; readonly imported: number };
  readonly importing: MessagesToImport;
};

async function append(
  dependencies: Dependencies,
  { membership, waiting, known, importing: { channel: id, source } }: Appending,
  by: Importing,
): Promise<{ readonly revision: number } | { readonly refusal: Refusal }> {
  const command = {
    type: 'add-imported',
    channel: id,
    membership: membership.state,
    messages: waiting.map(({ message }) => message),
    keptSeconds: dependencies.messagesKeptSeconds,
    known,
  } as const;
  const key = [id, source, waiting[0]?.key, waiting.at(-1)?.key].join('\n');
  // That none of them is there yet was looked up, and holds as long as nobody has posted.
  const context = { ...contextOf(by, MESSAGES, key), since: undefined };
  const handled = await dependencies.handle(messages, messagesStream(id), command, context, { readRevisions: [membership] });
  return handled.outcome === 'refused' ? { refusal: handled.refusal } : { revision: handled.revision };
}

type Seqs = { of(clientId: string): number | undefined; remember(clientId: string, seq: number): void };

function rememberSeqs(): Seqs {
  const seqs = new Map<string, number>();
  return {
    of: (clientId) => seqs.get(clientId),
    remember: (clientId, seq) => {
      seqs.set(clientId, seq);
      if (seqs.size <= SEQS_REMEMBERED_MAX) return;
      for (const oldest of seqs.keys()) {
        seqs.delete(oldest);
        break;
      }
    },
  };
}
