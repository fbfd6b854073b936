/** What a person does in channels during a load. */
import { v7 } from 'uuid';
import { expectStatus } from '../../client/expectations.ts';
import { isAway, recordChannelEvent, recordRead, type RecordedChannelEvent } from '../acknowledged.ts';
import { makeText, type ActionContext } from './action-context.ts';
import { authorizationOf, DONE, type Channel } from '../actors.ts';
import type { Device } from '../devices/device.ts';
import type { CommandFrame } from '../devices/frame-handler.ts';
import { callWriteApi } from '../system-under-test.ts';

export async function sendMessages(context: ActionContext): Promise<void> {
  const { system, person, device, random, acknowledged } = context;
  const channel = pickOwnChannel(context);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const clientId = v7();
    const text = `${makeText(context)} ${left}`;
    const event = { kind: 'send', sender: person.id, clientId, text } as const;
    if (device !== undefined) await sendFrame(context, device, { type: 'send', channel: channel.id, id: clientId, text }, event);
    else {
      const request = { headers: authorizationOf(person), key: clientId, body: { text } };
      const response = await callWriteApi(system, `/v1/channels/${channel.id}/messages`, { method: 'POST', ...request });
      recordChannelEvent(acknowledged, { channel: channel.id, seq: Number(expectStatus(DONE, response).body['seq']) }, event);
    }
  }
}

/** Edits or withdraws one of the person's own messages that was not withdrawn. */
export async function changeMessage(context: ActionContext): Promise<void> {
  const { person, device, random, acknowledged } = context;
  if (device === undefined) return;
  const channel = pickOwnChannel(context);
  const events = [...(acknowledged.channelEvents.get(channel.id) ?? [])];
  const withdrawn = withdrawnIn(events);
  const own = events.filter(([seq, event]) => event.kind === 'send' && event.sender === person.id && !withdrawn.has(seq));
  if (own.length === 0) return;
  const [message] = random.pick(own);
  const command = { channel: channel.id, id: v7(), message };
  const kind = random.pickWeighted({ edit: 3, withdraw: 1 });
  switch (kind) {
    case 'edit': {
      const text = `${makeText(context)} (edited)`;
      return sendFrame(context, device, { type: kind, ...command, text }, { kind, message, text });
    }
    case 'withdraw':
      return sendFrame(context, device, { type: kind, ...command }, { kind, message });
  }
}

/** Adds a reaction to anybody's message, or takes the person's own back. The message may be withdrawn meanwhile. */
export async function react(context: ActionContext): Promise<void> {
  const { person, device, random, acknowledged } = context;
  if (device === undefined) return;
  const channel = pickOwnChannel(context);
  const events = [...(acknowledged.channelEvents.get(channel.id) ?? [])];
  const withdrawn = withdrawnIn(events);
  const standing = events.filter(([seq, event]) => event.kind === 'send' && !withdrawn.has(seq));
  if (standing.length === 0) return;
  const [message] = random.pick(standing);
  const emoji = random.pick(['👍', '🎉', '👀']);
  const own = events.filter(([, event]) => event.kind === 'react' && event.message === message && event.person === person.id && event.emoji === emoji);
  const [, last] = own.toSorted(([one], [other]) => one - other).at(-1) ?? [];
  const change = last?.kind === 'react' && last.change === 'added' ? 'removed' : 'added';
  const frame = { type: 'react', channel: channel.id, id: v7(), message, emoji, change } as const;
  await sendFrame(context, device, frame, { kind: 'react', message, person: person.id, emoji, change }, ['message-withdrawn']);
}

const withdrawnIn = (events: readonly (readonly [number, RecordedChannelEvent])[]): ReadonlySet<number> =>
  new Set(events.flatMap(([, event]) => (event.kind === 'withdraw' ? [event.message] : [])));

/** Sometimes marks an old message, as a device does that lags behind another; the pointer must not move back. */
export async function markRead(context: ActionContext): Promise<void> {
  const { system, person, key, random, acknowledged } = context;
  const channel = pickOwnChannel(context);
  const seqs = [...(acknowledged.channelEvents.get(channel.id)?.keys() ?? [])];
  if (seqs.length === 0) return;
  const seq = random.pick(seqs);
  const request = { headers: authorizationOf(person), key, body: { seq } };
  expectStatus(DONE, await callWriteApi(system, `/v1/channels/${channel.id}/read`, { method: 'PUT', ...request }));
  recordRead(acknowledged, { person: person.id, channel: channel.id, seq });
}

async function sendFrame(
  { acknowledged }: ActionContext,
  device: Device,
  frame: CommandFrame,
  event: RecordedChannelEvent,
  mayBeRefusedAs: readonly string[] = [],
): Promise<void> {
  const outcome = await device.send(frame);
  if (outcome.outcome === 'refused' && mayBeRefusedAs.includes(outcome.code)) return;
  if (outcome.outcome === 'refused') throw new Error(`No action of the load can cause ${outcome.code} for ${JSON.stringify(frame)}.`);
  recordChannelEvent(acknowledged, { channel: frame.channel, seq: outcome.seq }, event);
}

/** One that the person is in now. */
export const pickOwnChannel = ({ actors, person, random, acknowledged }: ActionContext): Channel =>
  random.pick(actors.channels.filter(({ id, members }) => members.includes(person) && !isAway(acknowledged, person.id, id)));
