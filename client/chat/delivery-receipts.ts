/**
 * Tells the gateway how far this device has what others wrote: of a channel at most once in two seconds, and nothing twice. One that is
 * lost shows a message as sent for longer, and no more.
 */
import { inBackground } from '../http/backoff.ts';
import type { ClientFrame, ServerFrameOf } from './connection.ts';

type Receipt = Extract<ClientFrame, { readonly type: 'delivered' }>;

export type DeliveryReceipts = {
  add(receipt: Receipt): void;
  /** The connection is live. */
  begin(welcome: Pick<ServerFrameOf<'welcome'>, 'epoch' | 'gateway'>): void;
  refused(refused: ServerFrameOf<'refused'>): void;
};

const TOLD_EVERY_MS = 2_000;
/** What was told so shortly before a connection ended may not have arrived. */
const DOUBTFUL_MS = 30_000;
/** Beyond, the channel of which was told longest ago is told of once more when something comes. */
const CHANNELS_MAX = 2_000;
/**
 * So many are sent after a welcome before those behind them, each time after a pause in which the gateway would have refused them: one of
 * before there was such a frame closes for good at the eleventh frame that it doesn't know.
 */
const TRIED_FIRST = [1, 2, 4] as const;
const TRIAL_MS = 2_000;

/** What differs in tests. */
type Environment = { readonly now?: () => number; readonly trialMs?: number };

export function createDeliveryReceipts(
  send: (receipt: Receipt) => boolean,
  { now = () => performance.now(), trialMs = TRIAL_MS }: Environment = {},
): DeliveryReceipts {
  /** By channel. Who was told last is at the end. */
  const told = new Map<string, { readonly seq: number; readonly ms: number }>();
  const waiting = new Map<string, Receipt>();
  /** By channel, what may not be sent yet. */
  const held = new Map<string, Receipt>();
  let epoch: number | undefined;
  let gateway: string | undefined;
  /** The last gateway that refused the frame. */
  let unknownTo: string | undefined;
  let step = 0;
  let mayBeSent = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const begin = (nextStep: number): void => {
    clearTimeout(pause);
    step = nextStep;
    mayBeSent = TRIED_FIRST[step] ?? Infinity;
    const ready = [...held.values()];
    held.clear();
    ready.forEach(tell);
  };

  const tell = (receipt: Receipt): void => {
    if (gateway !== undefined && unknownTo === gateway) return;
    if (mayBeSent === 0) return void (receipt.seq > (held.get(receipt.channel)?.seq ?? -1) && held.set(receipt.channel, receipt));
    if (!send(receipt)) return; // all is told once more when there is a connection
    if (--mayBeSent === 0) pause = inBackground(setTimeout(() => begin(step + 1), trialMs));
    told.delete(receipt.channel);
    told.set(receipt.channel, { seq: receipt.seq, ms: now() });
    const [longestAgo] = told.keys();
    if (told.size > CHANNELS_MAX && longestAgo !== undefined) told.delete(longestAgo);
  };

  return {
    add: (receipt) => {
      const { channel, seq } = receipt;
      const [before, next] = [told.get(channel), waiting.get(channel)];
      if (seq <= Math.max(before?.seq ?? -1, next?.seq ?? -1)) return;
      const waitMs = before === undefined ? 0 : before.ms + TOLD_EVERY_MS - now();
      if (waitMs <= 0) return tell(receipt);
      waiting.set(channel, receipt);
      if (next !== undefined) return;
      const tellWaiting = () => {
        const last = waiting.get(channel);
        waiting.delete(channel);
        if (last !== undefined) tell(last);
      };
      inBackground(setTimeout(tellWaiting, waitMs));
    },
    begin: (welcome) => {
      if (welcome.epoch !== epoch) told.clear();
      epoch = welcome.epoch;
      const sinceMs = now() - DOUBTFUL_MS;
      for (const [channel, { ms }] of told) if (ms >= sinceMs) told.delete(channel);
      ({ gateway } = welcome);
      held.clear();
      begin(0);
    },
    refused: ({ about, code }) => {
      if (about !== 'delivered' || code !== 'bad-frame') return;
      unknownTo = gateway;
      held.clear();
    },
  };
}
