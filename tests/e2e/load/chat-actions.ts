/** What a person does in channels during a load. */
import { v7 } from 'uuid';
import { expectStatus } from '../../client/expectations.ts';
import { recordChannelEvent, recordRead, type RecordedChannelEvent } from '../acknowledged.ts';
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

/** Edits, withdraws or reacts to one of the person's own messages that was neither withdrawn nor reacted to. */
export async function changeMessage(context: ActionContext): Promise<void> {
  const { person, device, random, acknowledged } = context;
  if (device === undefined) return;
  const channel = pickOwnChannel(context);
  const events = [...(acknowledged.channelEvents.get(channel.id) ?? [])];
  const changed = new Set(events.flatMap(([, event]) => (event.kind === 'send' || event.kind === 'edit' ? [] : [event.message])));
  const own = events.filter(([seq, event]) => event.kind === 'send' && event.sender === person.id && !changed.has(seq));
  if (own.length === 0) return;
  const [message] = random.pick(own);
  const command = { channel: channel.id, id: v7(), message };
  const kind = random.pickWeighted({ edit: 3, withdraw: 1, react: 2 });
  switch (kind) {
    case 'edit': {
      const text = `${makeText(context)} (edited)`;
      return sendFrame(context, device, { type: kind, ...command, text }, { kind, message, text });
    }
    case 'withdraw':
      return sendFrame(context, device, { type: kind, ...command }, { kind, message });
    case 'react':
      return sendFrame(context, device, { type: kind, ...command, emoji: '👍', change: 'added' }, { kind, message, person: person.id, emoji: '👍' });
  }
}

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

async function sendFrame({ acknowledged }: ActionContext, device: Device, frame: CommandFrame, event: RecordedChannelEvent): Promise<void> {
  const outcome = await device.send(frame);
  if (outcome.outcome === 'refused') throw new Error(`No action of the load can cause ${outcome.code} for ${JSON.stringify(frame)}.`);
  recordChannelEvent(acknowledged, { channel: frame.channel, seq: outcome.seq }, event);
}

const pickOwnChannel = ({ actors, person, random }: ActionContext): Channel => random.pick(actors.channels.filter(({ members }) => members.includes(person)));
