/** A direct channel: a message is received live, two while the recipient is offline cause one push, and the device resumes from its cursor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { expectStatus, expectThat, listOf, type JsonObject } from '../client/expectations.ts';
import { UnexpectedResult } from '../client/unexpected-result.ts';
import { authorizationOf, DONE, waitUntil, type Person, type TourContext } from './tour-context.ts';

/** A message to a connected person arrives well within this. */
const RECEIVED_WITHIN_MS = 5_000;

const TEXTS = ['Are you awake?', 'The boat leaves at nine.', 'Bring the red jacket.'] as const;

export type Conversation = { readonly channel: string; readonly texts: readonly string[] };

export async function exchangeMessages(context: TourContext): Promise<Conversation> {
  const { step, write, read, keyFor, connect } = context;
  const { ann, bob } = context.people;
  const channel = await step('Ann opens a direct channel with Bob', async () => {
    const body = { kind: 'direct', members: [bob.id] };
    const opened = await write('/v1/channels', { key: keyFor('channel'), headers: authorizationOf(ann), body });
    return String(expectStatus(DONE, opened).body['id']);
  });
  const [firstId, secondId, thirdId] = [v7(), v7(), v7()] as const;
  const sendAsAnn = (id: string, text: string) => sendMessage(context, ann, { channel, id, text });

  const first = await step('Ann writes while Bob is connected; his device receives the message and acknowledges it', async () => {
    for (;;) {
      const { socket } = await connect(bob, 'bobs-phone');
      await using _ = socket;
      const seq = await sendAsAnn(firstId, TEXTS[0]);
      // If Bob was disconnected before it arrived, the loop sends it again under the same id, which gives the same message.
      const arrival = socket.waitForFrame((frame) => frame.type === 'message' && frame['seq'] === seq);
      if ((await Promise.race([arrival, sleep(RECEIVED_WITHIN_MS, undefined)])) === undefined) continue;
      socket.send({ type: 'received', channel, seq });
      return seq;
    }
  });

  const second = await step('Bob goes offline; Ann writes two more messages', async () => {
    const seq = await sendAsAnn(secondId, TEXTS[1]);
    const last = await sendAsAnn(thirdId, TEXTS[2]);
    expectThat(last > seq && seq > first, 'the messages are in order', { first, seq, last });
    return seq;
  });

  await step('No device acknowledges them, so Bob’s phone gets one push', async () => {
    await waitUntil('one push about the channel was accepted', async () => {
      const listed = await read('/v1/me/notifications', { headers: authorizationOf(bob) });
      const ofChat = listOf(listed, 'notifications').filter(({ source }) => source === 'chat');
      const pushes = ofChat.flatMap(({ deliveries }) =>
        (deliveries as readonly JsonObject[]).filter(({ channel, status }) => channel === 'push' && status !== 'suppressed'),
      );
      expectThat(pushes.length <= 1, 'there is at most one unread push a channel', pushes);
      return pushes.some(({ status }) => status === 'accepted');
    });
  });

  await step('Bob comes back with his cursor and gets exactly what he missed', async () => {
    const { socket, welcome } = await connect(bob, 'bobs-phone', { [channel]: first });
    await using _ = socket;
    expectThat(welcome['recovered'] === true, 'the missed messages were recovered', welcome);
    await socket.waitForFrame((frame) => frame.type === 'message' && frame['seq'] === second + 1);
    const seqs = socket.frames.filter((frame) => frame.type === 'message').map((frame) => Number(frame['seq']));
    expectThat(JSON.stringify(seqs) === JSON.stringify([second, second + 1]), 'he gets the two, in order, once', seqs);
    socket.send({ type: 'read', channel, seq: second + 1 });
  });
  return { channel, texts: TEXTS };
}

type Message = { readonly channel: string; readonly id: string; readonly text: string };

/** Sends under one id until it is acknowledged, over as many connections as it takes. Returns the message's seq. */
async function sendMessage({ connect }: TourContext, sender: Person, { channel, id, text }: Message): Promise<number> {
  for (;;) {
    const { socket } = await connect(sender, 'anns-laptop');
    await using _ = socket;
    socket.send({ type: 'send', channel, id, text });
    const reply = await socket.waitForFrame((frame) => (frame.type === 'ack' || frame.type === 'refused') && frame['id'] === id);
    if (reply?.type === 'refused') throw new UnexpectedResult(`refused: ${JSON.stringify(reply)}`);
    if (reply !== undefined) return Number(reply['seq']);
  }
}
