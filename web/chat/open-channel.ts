/** The channel that is open: its state of the library as a signal, with its members and how far each has read. */
import { signal, type Signal } from '@preact/signals';
import type { components } from '../../client/http/generated/read-api.ts';
import { TidingsProblem, type ChannelState, type OpenChannel } from '../../client/index.ts';
import { failureText, session } from '../app/session.ts';
import { nameText } from '../parts/name.tsx';
import { t } from '../text/text.ts';
import { rowOf } from './inbox.ts';
import { learnNames } from './names.ts';

export type ChannelFacts = components['schemas']['Channel'];

/** `isUnread`: the line before what is unread is to be in sight, and not the message alone. */
type Target = { readonly seq: number; readonly isUnread: boolean };

export type Opened = Disposable & {
  readonly id: string;
  /** The person whose pages these are. */
  readonly own: string;
  readonly state: Signal<ChannelState | undefined>;
  readonly facts: Signal<ChannelFacts | undefined>;
  readonly failure: Signal<string | undefined>;
  /** Whether the person is a member no longer. */
  readonly isLeft: Signal<boolean>;
  /** The place up to which the person had read when the channel was opened; undefined where nothing was unread. */
  readonly readBefore: number | undefined;
  /** A message to show: a jump to it is asked for. */
  readonly target: Signal<Target | undefined>;
  channel(): OpenChannel | undefined;
  readFacts(): Promise<void>;
};

const SOON_MS = 300;

export function open(id: string, at: number | undefined): Opened {
  const state = signal<ChannelState | undefined>(undefined);
  const facts = signal<ChannelFacts | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);
  const isLeft = signal(false);
  const tidings = session.value?.tidings;
  let readBefore: number | undefined;
  let channel: OpenChannel | undefined;
  let stop: (() => void) | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let isOpen = true;

  const readFacts = async (): Promise<void> => {
    const found = (await tidings?.read.GET('/v1/channels/{channel}', { params: { path: { channel: id } } }))?.data;
    if (found === undefined) return;
    learnNames([...found.members, ...found.invited]);
    facts.value = found;
  };
  const readAgain = (): void => {
    readFacts().catch((error: unknown) => {
      failureText(error);
      if (error instanceof TidingsProblem && error.code === 'channel-unknown') isLeft.value = true;
    });
  };
  const stopFrames = tidings?.chat.onFrame((frame) => {
    if (frame.type !== 'channel' || frame.channel !== id) return;
    readAgain();
    clearTimeout(again);
    again = setTimeout(readAgain, SOON_MS); // the views may be behind the gateway
  });
  const begin = async (): Promise<void> => {
    const row = await rowOf(id);
    if (row !== undefined && row.unread > 0) readBefore = row.readUpTo ?? -1;
    channel = await tidings?.chat.channel(id);
    if (!isOpen || channel === undefined) return;
    stop = channel.state.subscribe((value) => (state.value = value));
    await Promise.all([channel.load(), readFacts()]);
  };
  begin().catch((error: unknown) => (failure.value = failureText(error)));
  return {
    id,
    own: session.value?.person ?? '',
    state,
    facts,
    failure,
    isLeft,
    get readBefore() {
      return readBefore;
    },
    target: signal(at === undefined ? undefined : { seq: at, isUnread: false }),
    channel: () => channel,
    readFacts,
    [Symbol.dispose]: () => {
      isOpen = false;
      clearTimeout(again);
      stop?.();
      stopFrames?.();
      channel?.toNewest();
    },
  };
}

export const goToMessage = ({ target }: Pick<Opened, 'target'>, seq: number): void => {
  target.value = { seq, isUnread: false };
};

export const titleOf = ({ title, members, kind }: Pick<ChannelFacts, 'title' | 'members' | 'kind'>): string =>
  title ?? (kind === 'direct' ? nameText(otherOf({ members })?.name ?? null) : t('chat.group'));

/** In a direct channel. */
export const otherOf = ({ members }: Pick<ChannelFacts, 'members'>) => members.find(({ id }) => id !== session.value?.person);

export const isAdmin = ({ role }: Pick<ChannelFacts, 'role'>): boolean => role !== 'member';
export const mayWrite = ({ kind, role }: Pick<ChannelFacts, 'kind' | 'role'>): boolean => kind !== 'announcement' || role !== 'member';

export type Receipt = 'sent' | 'delivered' | 'read';

/** What is known of a message of the person's own: the furthest that anybody else has come. */
export function receiptOf(seq: number, { readUpTo, delivered }: ChannelState, { members }: Pick<ChannelFacts, 'members'>, own: string): Receipt {
  const others = members.filter(({ id }) => id !== own);
  if (others.some((one) => Math.max(one.readUpTo ?? -1, readUpTo[one.id] ?? -1) >= seq)) return 'read';
  const hasArrived = (delivered?.seq ?? -1) >= seq || others.some(({ deliveredUpTo }) => (deliveredUpTo ?? -1) >= seq);
  return hasArrived ? 'delivered' : 'sent';
}

type Receipts = components['schemas']['Receipts'];

/**
 * The server's counts with what the page was told since: the log learns late how far people have read. Whoever joined later counts for
 * nothing, and the page doesn't know who that is: then the server's counts stand.
 */
export function receiptsWith(
  asked: Receipts,
  seq: number,
  { readUpTo, delivered }: Pick<ChannelState, 'readUpTo' | 'delivered'>,
  { members }: Pick<ChannelFacts, 'members'>,
  own: string,
): Receipts {
  const others = members.filter(({ id }) => id !== own);
  if (asked.read === null || asked.delivered === null || others.length !== asked.others) return asked;
  const readHere = others.filter((one) => Math.max(one.readUpTo ?? -1, readUpTo[one.id] ?? -1) >= seq).length;
  const deliveredHere = delivered !== undefined && delivered.seq >= seq ? delivered.people : 0;
  const read = Math.max(asked.read, readHere);
  return { ...asked, read, delivered: Math.min(asked.others, Math.max(asked.delivered, deliveredHere, read)) };
}
